// The client's configuration, as options of a program.
#pragma once

#include "pier/ops/options.hpp"
#include "pier/upper/client.hpp"

namespace pier::upper {

void declare(ops::options& table, client_config& into);

} // namespace pier::upper
