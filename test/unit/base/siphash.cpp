#include "pier/base/siphash.hpp"

#include <catch2/catch.hpp>

#include <string>

TEST_CASE("SipHash-2-4: the paper's and the reference implementation's values")
{
    constexpr pier::siphash_key key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
    std::string text;
    CHECK(pier::siphash(key, text) == 0x726fdb47dd0e0e31);
    text.push_back('\0');
    CHECK(pier::siphash(key, text) == 0x74f839c593dc67fd);
    for (char c = 1; c < 15; ++c)
        text.push_back(c);
    CHECK(pier::siphash(key, text) == 0xa129ca6149be45e5);
}
