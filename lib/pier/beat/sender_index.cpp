#include "pier/beat/sender_index.hpp"

#include <utility>

namespace pier::beat {

/// Where it stands, or the free place where it would.
std::size_t sender_index::place(std::string_view name, std::uint64_t hash) const
{
    std::size_t at = home(hash);
    while (slots_[at].who && (slots_[at].hash != hash || slots_[at].who->name != name))
        at = (at + 1) & (slots_.size() - 1);
    return at;
}

sender* sender_index::find(std::string_view name, std::uint64_t hash)
{
    return slots_.empty() ? nullptr : slots_[place(name, hash)].who.get();
}

sender& sender_index::insert(std::unique_ptr<sender> s, std::uint64_t hash)
{
    if (2 * (size_ + 1) > slots_.size())
        grow();
    slot& to = slots_[place(s->name, hash)];
    size_ += !to.who;
    to = {hash, std::move(s)};
    return *to.who;
}

void sender_index::grow()
{
    std::vector<slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    for (slot& from : old)
        if (from.who) {
            slot& to = slots_[place(from.who->name, from.hash)];
            to = std::move(from);
        }
}

/// Those behind it move up, so that no search ends before it has found them (Knuth 6.4, algorithm R).
void sender_index::erase(std::string_view name, std::uint64_t hash)
{
    if (!find(name, hash))
        return;
    std::size_t free = place(name, hash), mask = slots_.size() - 1;
    slots_[free].who.reset();
    --size_;
    for (std::size_t at = (free + 1) & mask; slots_[at].who; at = (at + 1) & mask) {
        bool is_at_home = ((at - home(slots_[at].hash)) & mask) < ((at - free) & mask);
        if (is_at_home)
            continue;
        slots_[free] = std::move(slots_[at]);
        free = at;
    }
}

} // namespace pier::beat
