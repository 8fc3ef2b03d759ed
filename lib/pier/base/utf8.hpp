// Which bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace pier {

/// How many bytes the character at the front takes, 0 when it is none.
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

} // namespace pier
