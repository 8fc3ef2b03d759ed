#include "pier/ping/target_name.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("whom to ping")
{
    CHECK(target_name::parse("example.org") == target_name{"example.org", 0});
    CHECK(target_name::parse("example.org:862") == target_name{"example.org", 862});
    CHECK(target_name::parse("192.0.2.1:8620") == target_name{"192.0.2.1", 8620});
    CHECK(target_name::parse("::1") == target_name{"::1", 0});
    CHECK(target_name::parse("[::1]") == target_name{"::1", 0});
    CHECK(target_name::parse("[2001:db8::1]:53") == target_name{"2001:db8::1", 53});
    CHECK(target_name::parse("fe80::1%eth0") == target_name{"fe80::1%eth0", 0});
    CHECK(target_name::parse("m\xc3\xbcnchen.example") == target_name{"m\xc3\xbcnchen.example", 0});
}

TEST_CASE("what no host can be called")
{
    for (const char* wrong : {"", ":53", "a:", "a:0", "a:65536", "a:x", "a:-1", "[::1", "[::1]x",
                              "[::1]:", "[]", "[a]:1", "a b", "a/b", "-c", "a\n", "http://a"})
        CHECK_FALSE(target_name::parse(wrong));
    CHECK_FALSE(target_name::parse(std::string(300, 'a')));
}

TEST_CASE("targets are written as they are read")
{
    for (const char* text : {"example.org", "example.org:862", "::1", "[2001:db8::1]:53"})
        CHECK(target_name::parse(text)->to_string() == text);
}
