// A run of the pinger from its configuration to its exit code.
#pragma once

#include "pier/ping/config.hpp"

namespace pier::ping {

/// Throws ops::fatal.
int run(const config& c);

} // namespace pier::ping
