#include "pier/admin/guard.hpp"

#include <catch2/catch.hpp>

using namespace pier::admin;
using pier::net::endpoint;
using pier::ops::level;

TEST_CASE("what this machine alone can reach")
{
    for (auto text : {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "unix:/tmp/a"})
        CHECK(is_local(*endpoint::parse(text)));
    for (auto text : {"0.0.0.0:1", "[::]:1", "192.0.2.1:1", "128.0.0.1:1", "[2001:db8::1]:1"})
        CHECK_FALSE(is_local(*endpoint::parse(text)));
}

TEST_CASE("hosts that browsers may ask by")
{
    known_hosts local({*endpoint::parse("127.0.0.1:8600")}, {});
    for (auto host :
         {"", "localhost", "LocalHost:8600", "127.0.0.1", "127.0.0.1:1", "127.1.2.3", "[::1]:8600"})
        CHECK(local.allows(host));
    for (auto host : {"evil.example", "evil.example:8600", "127.0.0.1.evil.example", "localhost.evil.example",
                      "192.0.2.1", "127.evil.example", "127.a.b.c", "[2001:db8::1]", "localhost,evil", "a b"})
        CHECK_FALSE(local.allows(host));

    known_hosts named({*endpoint::parse("192.0.2.1:80"), *endpoint::parse("[2001:db8::1]:80")},
                      {"ops.example"});
    for (auto host : {"192.0.2.1:80", "[2001:db8::1]", "OPS.example", "ops.example:443"})
        CHECK(named.allows(host));
    for (auto host : {"192.0.2.2", "[2001:db8::2]", "www.ops.example"})
        CHECK_FALSE(named.allows(host));

    for (auto everywhere : {"0.0.0.0:80", "[::]:80"}) {
        known_hosts any({*endpoint::parse(everywhere)}, {});
        CHECK(any.allows("198.51.100.7:80"));
        CHECK(any.allows("[2001:db8::7]"));
        CHECK_FALSE(any.allows("evil.example"));
    }
    CHECK_FALSE(known_hosts({*endpoint::parse("unix:/tmp/a")}, {}).allows("evil.example"));
}

TEST_CASE("origins")
{
    CHECK(same_origin("http://localhost:8600", "localhost:8600"));
    CHECK(same_origin("https://Ops.example", "ops.example"));
    for (auto origin : {"http://localhost", "http://localhost:8080", "null", "", "http://evil.example",
                        "file://localhost:8600", "localhost:8600", "http://localhost:8600.evil.example"})
        CHECK_FALSE(same_origin(origin, "localhost:8600"));
    CHECK_FALSE(same_origin("http://", ""));
}

TEST_CASE("the limit in a query")
{
    CHECK(limit_in("", 1000, 5000) == 1000);
    CHECK(limit_in("a=b", 1000, 5000) == 1000);
    CHECK(limit_in("limit=5", 1000, 5000) == 5);
    CHECK(limit_in("a=b&limit=5000&limit=x", 1000, 5000) == 5000);
    CHECK(limit_in("nolimit=5", 1000, 5000) == 1000);
    for (auto query :
         {"limit=", "limit=0", "limit=5001", "limit=-1", "limit=5x", "a&limit=99999999999999999999"})
        CHECK_FALSE(limit_in(query, 1000, 5000));
}

TEST_CASE("a log level in a body")
{
    CHECK(level_in("debug") == level::debug);
    CHECK(level_in(" off\n") == level::off);
    CHECK(level_in("{\"level\":\"warning\"}") == level::warning);
    CHECK(level_in(" {\n \"level\" : \"error\" }\r\n") == level::error);
    for (auto body : {"", " ", "Debug", "debug info", "{", "{}", "{\"level\"}", "{\"level\":debug}",
                      "{\"level\":\"debug\"", "{\"level\":\"debug}", "{\"level\":\"\"}", "\"debug\"",
                      "{\"level\":\"debug\"} x", "{\"level\":\"debug\",\"more\":1}"})
        CHECK_FALSE(level_in(body));
}
