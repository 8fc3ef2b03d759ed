// The options of --bench.
#pragma once

#include "pier/get/load_config.hpp"
#include "pier/ops/options.hpp"

namespace pier::get {

/// One group. To be declared after those of `c`, which its check reads.
void declare(ops::options& table, const config& c, load_config& into);

} // namespace pier::get
