// A page that shows a run, complete in itself: no script, nothing from elsewhere. No I/O.
#pragma once

#include "pier/ping/target.hpp"

#include <ctime>
#include <span>
#include <string>

namespace pier::ping {

/// `when`: the end of the run, told in UTC.
std::string to_html(std::span<const target* const> all, std::time_t when);

} // namespace pier::ping
