// The pinger's command line.
#pragma once

#include "pier/ops/options.hpp"
#include "pier/ping/config.hpp"

namespace pier::ping {

void declare(ops::options& table, config& into);

} // namespace pier::ping
