// Numbers in network byte order, at any alignment. No I/O.
#pragma once

#include <bit>
#include <concepts>
#include <cstring>

namespace pier {

/// Its own inverse.
template <std::unsigned_integral T>
constexpr T big_endian(T value)
{
    if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1)
        return value;
    else if constexpr (sizeof(T) == 2)
        return __builtin_bswap16(value);
    else if constexpr (sizeof(T) == 4)
        return __builtin_bswap32(value);
    else
        return __builtin_bswap64(value);
}

template <std::unsigned_integral T>
T load_big(const char* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return big_endian(value);
}

template <std::unsigned_integral T>
void store_big(char* to, T value)
{
    value = big_endian(value);
    std::memcpy(to, &value, sizeof value);
}

} // namespace pier
