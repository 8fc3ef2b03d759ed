// What the kernel knows of this machine's clock.
#pragma once

#include "pier/ping/timestamp.hpp"

namespace pier::ping {

/// How far the clock may be off, and whether something disciplines it: adjtimex(2). Costs a system call; it
/// changes slowly, so asking once a second will do.
error_estimate clock_error(timestamp_format format = timestamp_format::ntp);

/// Nanoseconds since 1970, exactly, unlike the shard's coarse clock.
std::int64_t unix_now();

} // namespace pier::ping
