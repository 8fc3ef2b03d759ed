#include "pier/net/address_key.hpp"

#include <array>
#include <random>

namespace pier::net {

namespace {

std::uint64_t random_word()
{
    std::random_device source;
    return std::uint64_t{source()} << 32 | source();
}

} // namespace

/// The finisher of MurmurHash3, its first multiplier a secret.
std::size_t address_hash::operator()(const address_key& key) const
{
    static const std::array secret{random_word(), random_word() | 1};
    std::uint64_t x = (key.network ^ secret[0]) + key.family;
    for (int round = 0; round < 2; ++round) {
        x = (x ^ x >> 33) * secret[1];
        x = (x ^ x >> 29) * 0xc4ceb9fe1a85ec53u;
    }
    return static_cast<std::size_t>(x ^ x >> 33);
}

} // namespace pier::net
