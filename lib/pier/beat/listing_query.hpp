// What a page asks of the list of senders: `state=down,late&search=web&limit=50`. No I/O.
#pragma once

#include "pier/beat/sender.hpp"

#include <bitset>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pier::beat {

struct listing_query {
    static constexpr std::size_t most = 5'000;

    std::bitset<6> states{0x3f}; ///< by beat::state
    std::string search;          ///< in the name, in whatever case; empty: any
    std::size_t limit = 200;

    /// Nothing: a value is wrong. What it does not know it lets pass.
    static std::optional<listing_query> parse(std::string_view query);
    bool matches(const sender& s) const;
};

/// Whether `a` comes before `b`: the worst states first, in a state by name.
bool comes_before(state a, std::string_view name_a, state b, std::string_view name_b);

} // namespace pier::beat
