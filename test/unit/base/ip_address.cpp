#include "pier/base/ip_address.hpp"

#include <catch2/catch.hpp>

#include <string>

using pier::ip_address;

TEST_CASE("addresses as their bytes")
{
    auto v4 = ip_address::parse("192.0.2.1");
    REQUIRE(v4);
    CHECK(v4->size == 4);
    CHECK(v4->bytes[0] == 192);
    CHECK(v4->bytes[3] == 1);
    auto v6 = ip_address::parse("2001:db8::1");
    REQUIRE(v6);
    CHECK(v6->size == 16);
    CHECK(v6->bytes[0] == 0x20);
    CHECK(v6->bytes[15] == 1);
}

TEST_CASE("an IPv4-mapped address is IPv4")
{
    CHECK(ip_address::parse("::ffff:192.0.2.1") == ip_address::parse("192.0.2.1"));
    CHECK(ip_address::parse("::192.0.2.1")->size == 16);
}

TEST_CASE("what is no address")
{
    for (std::string bad :
         {"", " ", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", " 1.2.3.4", "01.2.3.4", "[::1]",
          "::1%lo", "::1::", "1:2:3:4:5:6:7:8:9", "unknown", "1.2.3.4:80"}) {
        CAPTURE(bad);
        CHECK_FALSE(ip_address::parse(bad));
    }
    CHECK_FALSE(ip_address::parse(std::string_view("1.2.3.4\0", 8)));
    CHECK_FALSE(ip_address::parse(std::string(1000, '1')));
}
