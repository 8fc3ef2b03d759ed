// What stands on the command line without a dash: URL..., or HOST PORT FILE. No I/O.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pier::get {

struct operands {
    std::vector<std::string> urls; ///< each with its scheme
    bool coursework = false;       ///< HOST PORT FILE: the second of three is a number
    std::string error;             ///< what is wrong with them; then there are no URLs
};

operands read_operands(std::span<const std::string> words);

/// What a URL's path may hold: all else becomes %XX, but for a `%` that begins such an escape.
std::string escape_file(std::string_view file);

} // namespace pier::get
