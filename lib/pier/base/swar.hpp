// Eight bytes looked at in one machine word: quicker than a loop, without intrinsics. No I/O.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace pier {

/// True if `suspicious(word)` is not 0 for any eight bytes of `text`; a shorter rest is filled up with
/// `filler`, a byte that is never suspicious. The last eight bytes may be looked at twice.
template <class Suspicious>
[[gnu::always_inline]] inline bool any_word(std::string_view text, char filler, Suspicious suspicious)
{
    auto load = [](const char* from) {
        std::uint64_t word;
        std::memcpy(&word, from, 8);
        return word;
    };
    if (text.size() < 8) {
        char padded[8];
        std::memset(padded, filler, 8);
        if (!text.empty())
            std::memcpy(padded, text.data(), text.size());
        return suspicious(load(padded)) != 0;
    }
    std::uint64_t found = 0;
    const char* last = text.data() + text.size() - 8;
    for (const char* at = text.data(); at < last; at += 8)
        found |= suspicious(load(at));
    return (found | suspicious(load(last))) != 0;
}

inline constexpr std::uint64_t every_byte = 0x0101010101010101;

/// Not 0 exactly if a byte of the word is less than `limit`, which is at most 128.
constexpr std::uint64_t has_less(std::uint64_t word, std::uint64_t limit)
{
    return (word - every_byte * limit) & ~word & (every_byte << 7);
}

/// Not 0 exactly if a byte of the word is `value`.
constexpr std::uint64_t has_byte(std::uint64_t word, unsigned char value)
{
    std::uint64_t difference = word ^ (every_byte * value);
    return (difference - every_byte) & ~difference & (every_byte << 7);
}

} // namespace pier
