// pier-get's downloads: all URLs of a command line, a few at once.
#pragma once

#include "pier/get/config.hpp"

namespace pier::get {

/// Returns the program's exit code: that of the first URL that failed. Throws ops::fatal.
int fetch(const config& c);

} // namespace pier::get
