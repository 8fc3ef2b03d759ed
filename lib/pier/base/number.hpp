// Numbers appended to text, without locale and without temporary strings.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pier {

inline void append_number(std::string& out, std::uint64_t n, int base = 10)
{
    char digits[64];
    auto result = std::to_chars(digits, digits + sizeof digits, n, base);
    out.append(digits, static_cast<std::size_t>(result.ptr - digits));
}

} // namespace pier
