#include "pier/net/target.hpp"

#include <catch2/catch.hpp>

using namespace pier::net;

TEST_CASE("whom to ping")
{
    CHECK(target::parse("example.org") == target{"example.org", 0});
    CHECK(target::parse("example.org:862") == target{"example.org", 862});
    CHECK(target::parse("192.0.2.1:8620") == target{"192.0.2.1", 8620});
    CHECK(target::parse("::1") == target{"::1", 0});
    CHECK(target::parse("[::1]") == target{"::1", 0});
    CHECK(target::parse("[2001:db8::1]:53") == target{"2001:db8::1", 53});
    CHECK(target::parse("fe80::1%eth0") == target{"fe80::1%eth0", 0});
    CHECK(target::parse("m\xc3\xbcnchen.example") == target{"m\xc3\xbcnchen.example", 0});
}

TEST_CASE("what no host can be called")
{
    for (const char* wrong : {"", ":53", "a:", "a:0", "a:65536", "a:x", "a:-1", "[::1", "[::1]x",
                              "[::1]:", "[]", "[a]:1", "a b", "a/b", "-c", "a\n", "http://a"})
        CHECK_FALSE(target::parse(wrong));
    CHECK_FALSE(target::parse(std::string(300, 'a')));
}

TEST_CASE("targets are written as they are read")
{
    for (const char* text : {"example.org", "example.org:862", "::1", "[2001:db8::1]:53"})
        CHECK(target::parse(text)->to_string() == text);
}
