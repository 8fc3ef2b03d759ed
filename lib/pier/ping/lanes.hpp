// Opens what a run needs for each target: its address, its socket, its place in time.
#pragma once

#include "pier/ping/config.hpp"
#include "pier/ping/sender.hpp"

#include <memory>
#include <vector>

namespace pier::ping {

/// Up to so many probes a second, of all targets, the kernel is asked when it sent each: it queues a packet
/// to tell.
inline constexpr double stamp_sending_up_to = 10'000;

/// Resolves names and opens sockets; the schedules begin when it returns. Throws ops::fatal. `counters` get
/// one for each.
std::vector<lane> open_lanes(const config& c, std::vector<std::unique_ptr<live_counters>>& counters);

} // namespace pier::ping
