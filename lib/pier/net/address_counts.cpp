#include "pier/net/address_counts.hpp"

namespace pier::net {

bool address_counts::enter(const address_key& address)
{
    part& p = part_of(address);
    std::lock_guard lock(p.mutex);
    std::size_t& open = p.open[address];
    if (open >= most_)
        return false; // it is not 0, so it stays
    ++open;
    return true;
}

void address_counts::leave(const address_key& address)
{
    part& p = part_of(address);
    std::lock_guard lock(p.mutex);
    auto found = p.open.find(address);
    if (found != p.open.end() && --found->second == 0)
        p.open.erase(found);
}

std::size_t address_counts::addresses() const
{
    std::size_t sum = 0;
    for (const part& p : parts_) {
        std::lock_guard lock(p.mutex);
        sum += p.open.size();
    }
    return sum;
}

} // namespace pier::net
