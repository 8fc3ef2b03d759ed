#include "pier/net/deadline_clock.hpp"

#include <algorithm>

namespace pier::net {

deadline_clock::deadline_clock(asio::io_context& context)
    : timer_(context), self_(std::make_shared<deadline_clock*>(this))
{
}

void deadline_clock::arm(hook& one, std::chrono::milliseconds after)
{
    auto found = std::ranges::find_if(lists_, [after](auto& list) { return list->duration() == after; });
    if (found == lists_.end())
        found = lists_.insert(lists_.end(), std::make_unique<deadline_list>(after));
    (*found)->arm(one, now());
    look_at(now() + after.count());
}

void deadline_clock::rest()
{
    for (auto& list : lists_)
        if (!list->empty())
            return;
    due_.reset();
    timer_.cancel();
}

void deadline_clock::look_at(ticks when)
{
    if (due_ && *due_ <= when)
        return;
    due_ = when;
    timer_.expires_after(std::chrono::milliseconds(std::max<ticks>(when - now(), 1)));
    timer_.async_wait([self = std::weak_ptr(self_)](const error_code& error) {
        if (auto alive = self.lock(); alive && !error)
            (*alive)->look();
    });
}

void deadline_clock::look()
{
    due_.reset();
    // An expired one may arm others, with a duration that is new: by index.
    for (std::size_t i = 0; i < lists_.size(); ++i) {
        deadline_list& list = *lists_[i];
        list.sweep(now(), [](deadline_hook& late) { static_cast<hook&>(late).expired(); });
        if (!list.empty())
            look_at(list.next());
    }
}

} // namespace pier::net
