// Base64, RFC 4648 section 4, with its padding. No I/O.
#pragma once

#include <string>
#include <string_view>

namespace pier {

inline std::string base64(std::string_view bytes)
{
    constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::string_view group = bytes.substr(i, 3);
        unsigned value = 0;
        for (std::size_t j = 0; j < 3; ++j)
            value = value << 8 | (j < group.size() ? static_cast<unsigned char>(group[j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            out += j <= group.size() ? digits[value >> (18 - 6 * j) & 63] : '=';
    }
    return out;
}

} // namespace pier
