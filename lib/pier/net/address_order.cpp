#include "pier/net/address_order.hpp"

#include <algorithm>

namespace pier::net {

std::vector<endpoint> interleave_families(const std::vector<endpoint>& addresses, std::size_t most)
{
    std::vector<endpoint> first, others, result;
    for (const endpoint& e : addresses)
        (e.family() == addresses.front().family() ? first : others).push_back(e);
    for (std::size_t i = 0; i < std::max(first.size(), others.size()); ++i) {
        if (i < first.size() && result.size() < most)
            result.push_back(first[i]);
        if (i < others.size() && result.size() < most)
            result.push_back(others[i]);
    }
    return result;
}

} // namespace pier::net
