// A picture of the run for a terminal: for each target the latest round trips, newest at the right, and
// beside them their histogram on the same scale. No I/O.
#pragma once

#include "pier/ping/target.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pier::ping {

struct plot_size {
    std::size_t columns = 80, rows = 24;
};

/// Lines, none longer than `columns` characters (escape sequences not counted) and not more than `rows` of
/// them. Targets that there is no room for are left out, and counted in the last line.
std::vector<std::string> plot(std::span<const target* const> all, const plot_size& size, bool colour);

} // namespace pier::ping
