// pier-get's configuration, as options of a program.
#pragma once

#include "pier/get/config.hpp"
#include "pier/ops/options.hpp"

namespace pier::get {

void declare(ops::options& table, config& into);

} // namespace pier::get
