#include "pier/base/big_endian.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

using namespace pier;

TEST_CASE("big endian: octets in the order of a network, at any alignment")
{
    char bytes[20] = {};
    for (int at = 0; at < 8; ++at) {
        store_big(bytes + at, std::uint64_t{0x0102030405060708});
        CHECK(std::string(bytes + at, 8) == "\1\2\3\4\5\6\7\10");
        CHECK(load_big<std::uint64_t>(bytes + at) == 0x0102030405060708);
        CHECK(load_big<std::uint32_t>(bytes + at) == 0x01020304);
        CHECK(load_big<std::uint16_t>(bytes + at + 1) == 0x0203);
        CHECK(load_big<std::uint8_t>(bytes + at + 7) == 8);
    }
}
