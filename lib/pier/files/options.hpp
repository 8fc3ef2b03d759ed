// The command line of a file server.
#pragma once

#include "pier/files/config.hpp"
#include "pier/ops/options.hpp"

namespace pier::files {

/// Adds the file server's options to `table`; they set `into`, whose values are the defaults. An empty root
/// is for programs that have files of their own.
void declare(ops::options& table, config& into);

} // namespace pier::files
