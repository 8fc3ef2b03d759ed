// pier-get --bench: puts a load on one server and measures how it answers.
#pragma once

#include "pier/get/load_config.hpp"

namespace pier::get {

/// Until it is over, or Ctrl-C; then prints what it has found. Returns the program's exit code: 0 when an
/// answer came whose status is no error, else by what went wrong. Throws ops::fatal.
int run_load(const request_config& r, const load_config& c);

} // namespace pier::get
