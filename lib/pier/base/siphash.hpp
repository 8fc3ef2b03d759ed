// SipHash-2-4 (Aumasson and Bernstein, 2012): a hash of short texts that nobody predicts without its key.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pier {

using siphash_key = std::array<std::uint64_t, 2>;

constexpr std::uint64_t siphash(const siphash_key& key, std::string_view text)
{
    std::uint64_t a = key[0] ^ 0x736f6d6570736575, b = key[1] ^ 0x646f72616e646f6d;
    std::uint64_t c = key[0] ^ 0x6c7967656e657261, d = key[1] ^ 0x7465646279746573;
    auto rounds = [&](int n) {
        for (; n > 0; --n) {
            a += b, c += d;
            b = std::rotl(b, 13) ^ a, d = std::rotl(d, 16) ^ c;
            a = std::rotl(a, 32);
            c += b, a += d;
            b = std::rotl(b, 17) ^ c, d = std::rotl(d, 21) ^ a;
            c = std::rotl(c, 32);
        }
    };
    auto word = [&](std::size_t at, std::size_t bytes) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i)
            value |= std::uint64_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
        return value;
    };
    auto take = [&](std::uint64_t value) {
        d ^= value;
        rounds(2);
        a ^= value;
    };
    std::size_t whole = text.size() & ~std::size_t{7};
    for (std::size_t at = 0; at < whole; at += 8)
        take(word(at, 8));
    take(word(whole, text.size() - whole) | std::uint64_t{text.size() & 0xff} << 56);
    c ^= 0xff;
    rounds(4);
    return a ^ b ^ c ^ d;
}

} // namespace pier
