// The server's configuration, as options of a program.
#pragma once

#include "pier/ops/options.hpp"
#include "pier/upper/config.hpp"

namespace pier::upper {

void declare(ops::options& table, config& into);

} // namespace pier::upper
