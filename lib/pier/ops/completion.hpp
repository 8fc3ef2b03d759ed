// Completion of a program's options in bash, written from its table of options. No I/O.
#pragma once

#include "pier/ops/options.hpp"

#include <string>
#include <vector>

namespace pier::ops {

/// What a value may be, read from its name: "FILE|stderr|off".
struct value_words {
    std::vector<std::string> literal; ///< "stderr", "off"
    bool file = false;
    bool folder = false;
};
value_words words_of(std::string_view value_name);

/// To be sourced; needs nothing of the package bash-completion.
std::string bash_completion(const options& table);

} // namespace pier::ops
