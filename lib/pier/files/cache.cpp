#include "pier/files/cache.hpp"

namespace pier::files {

namespace {

constexpr std::uint64_t usual_size = 8 * 1024; ///< of a file in memory, to guess how many there will be

constexpr int closing_look = 64; ///< so many each time, to be quick
constexpr int longest_look = 8;  ///< for a member to leave; a newcomer that finds none may come again

} // namespace

cache::cache(cache_limits limits) : limits_(limits), uses_(limits.descriptors + limits.bytes / usual_size) {}

cache::entry* cache::find(std::string_view path)
{
    if (full_)
        uses_.count(hash()(path));
    auto found = entries_.find(path);
    if (found == entries_.end())
        return nullptr;
    found->second.used = true;
    return &found->second;
}

void cache::put(std::string_view path, std::shared_ptr<resource> what, net::ticks now)
{
    if (auto known = entries_.find(path); known != entries_.end()) {
        if (known->second.checked > now)
            return;
        drop(known->second);
    }
    if (!make_room(path, what->bytes_held(), what->descriptors_held(), nullptr))
        return;
    auto [at, added] = entries_.try_emplace(std::string(path));
    entry& e = at->second;
    e.path = &at->first;
    e.what = std::move(what);
    e.checked = now;
    measure(e);
}

void cache::remove(std::string_view path)
{
    if (auto found = entries_.find(path); found != entries_.end())
        drop(found->second);
}

bool cache::make_room(entry& e, std::uint64_t bytes)
{
    return make_room(*e.path, bytes, 0, &e);
}

void cache::measure(entry& e)
{
    bytes_ -= std::exchange(e.bytes, e.what->bytes_held());
    bytes_ += e.bytes;
    descriptors_ -= std::exchange(e.descriptors, static_cast<std::uint32_t>(e.what->descriptors_held()));
    descriptors_ += e.descriptors;
    e.list_hook<in_memory>::unlink();
    e.list_hook<open>::unlink();
    if (e.bytes > 0)
        in_memory_.push_back(e);
    if (e.descriptors > 0)
        open_.push_back(e);
}

void cache::close_unused(net::ticks then)
{
    for (int looked = 0; looked < closing_look && !open_.empty(); ++looked) {
        if (open_.front().checked < then)
            drop(open_.front());
        else
            open_.push_back(open_.front());
    }
}

bool cache::fits(std::uint64_t bytes, std::size_t descriptors) const
{
    return (bytes == 0 || bytes_ + bytes <= limits_.bytes) &&
           (descriptors == 0 || descriptors_ + descriptors <= limits_.descriptors);
}

bool cache::make_room(std::string_view path, std::uint64_t bytes, std::size_t descriptors, const entry* keep)
{
    if (bytes > limits_.bytes / 4 || descriptors > limits_.descriptors / 4)
        return false;
    if (fits(bytes, descriptors))
        return true;
    full_ = true;
    unsigned worth = uses_.estimate(hash()(path));
    while (!fits(bytes, 0))
        if (!push_out(in_memory_, worth, keep))
            return false;
    while (!fits(0, descriptors))
        if (!push_out(open_, worth, keep))
            return false;
    return true;
}

/// The first of a tier that was not used of late leaves, unless it is asked for as often. The hand moves on
/// in any case, so that each member's turn comes.
template <class Tier>
bool cache::push_out(intrusive_list<entry, Tier>& tier, unsigned worth, const entry* keep)
{
    for (int looked = 0; looked < longest_look && !tier.empty(); ++looked) {
        entry& next = tier.front();
        bool worth_more = uses_.estimate(hash()(*next.path)) >= worth;
        if (!worth_more && &next != keep && !next.used) {
            drop(next);
            return true;
        }
        next.used = false;
        tier.push_back(next);
        if (worth_more)
            return false;
    }
    return false;
}

void cache::drop(entry& e)
{
    bytes_ -= e.bytes;
    descriptors_ -= e.descriptors;
    entries_.erase(entries_.find(*e.path));
}

} // namespace pier::files
