// The senders as JSON for a page: how many are in which state, and those that were asked for. No I/O.
#pragma once

#include "pier/beat/listing_query.hpp"
#include "pier/beat/monitor.hpp"

#include <string>
#include <vector>

namespace pier::beat {

struct listed_sender {
    beat::state state;
    std::string name;
    std::string json;
};

struct listing {
    std::array<std::uint64_t, 6> by_state{};
    std::uint64_t matching = 0;
    std::vector<listed_sender> senders; ///< in order, at most as many as were asked for
};

/// Adds what one monitor knows; `into` stays in order and within the limit. Looks at every sender: 10 ms for
/// a hundred thousand.
void add_listing(monitor& of, const listing_query& query, listing& into);

std::string to_json(const listing& l, const monitor_config& config, std::int64_t now);

} // namespace pier::beat
