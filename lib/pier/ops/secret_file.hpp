// Files that hold a secret: a key, a token. At a program's start.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <string>
#include <string_view>

namespace pier::ops {

/// Opens a regular file that others can neither read nor change. `what` it holds: "key". Throws ops::fatal.
unique_fd open_secret(const std::string& path, std::string_view what);

/// The one line of such a file, of visible characters of ASCII. Throws ops::fatal.
std::string load_secret_line(const std::string& path, std::string_view what);

} // namespace pier::ops
