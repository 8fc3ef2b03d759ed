#include "pier/net/reload_watch.hpp"

#include "pier/net/blocking_pool.hpp"

#include <algorithm>

namespace pier::net {

reload_watch::reload_watch(asio::io_context& control, blocking_pool& pool,
                           const std::vector<std::shared_ptr<ops::reloadable>>& all)
    : timer_(control), home_(control.get_executor()), pool_(pool), all_(all)
{
}

void reload_watch::start()
{
    if (std::ranges::any_of(all_, [](const auto& r) { return r->looks(); }))
        wait();
}

void reload_watch::wait()
{
    timer_.expires_after(interval);
    timer_.async_wait([this](error_code) {
        if (!ended_)
            look();
    });
}

void reload_watch::look()
{
    looking_ = true;
    auto work = [all = all_] {
        for (const auto& r : all)
            if (r->looks())
                r->look();
    };
    pool_.run(home_, std::move(work), [this](error_code) { looked(); }); // no room in the pool: next time
}

void reload_watch::looked()
{
    looking_ = false;
    if (!ended_)
        wait();
    else if (then_)
        then_();
}

void reload_watch::end(std::function<void()> then)
{
    ended_ = true;
    timer_.cancel();
    if (!looking_)
        then();
    else
        then_ = std::move(then);
}

} // namespace pier::net
