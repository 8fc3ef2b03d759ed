#include "pier/http/forwarded.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier;
using namespace pier::http;
using field = forwarded_config::field;

namespace {

/// Who sent a request with these field lines, by way of 10.0.0.1.
std::string client(const std::string& lines, field where = field::x_forwarded_for,
                   const char* peer = "10.0.0.1")
{
    forwarded_config config;
    config.trusted.add("10.0.0.0/8");
    config.trusted.add("fd00::/8");
    config.where = where;
    head_parser head;
    std::string text = "GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
    REQUIRE(head.parse(text) == head_parser::status::done);
    return client_of(head, text, *parse_node(peer), config).to_string();
}

std::string standard(const std::string& value)
{
    return client("Forwarded: " + value + "\r\n", field::forwarded);
}

} // namespace

TEST_CASE("the rightmost hop that is not trusted is the client")
{
    CHECK(client("") == "10.0.0.1");
    CHECK(client("X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: 192.0.2.1, 10.0.0.2, fd00::1\r\n") == "192.0.2.1");
    CHECK(client("x-forwarded-for:2001:db8::1\r\n") == "2001:db8::1");
    CHECK(client("X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n") == "10.0.0.3"); // within: the farthest
}

TEST_CASE("what a client wrote itself is not believed")
{
    CHECK(client("X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: 203.0.113.9, 10.0.0.9, 192.0.2.1, 10.0.0.2\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: 192.0.2.1\r\n", field::x_forwarded_for, "198.51.100.1") == "198.51.100.1");
    CHECK(client("Forwarded: for=203.0.113.9\r\nX-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client("Forwarded: for=203.0.113.9\r\n") == "10.0.0.1"); // not the field that the proxy writes
    CHECK(client("X-Forwarded-For: 203.0.113.9\r\n", field::forwarded) == "10.0.0.1");
}

TEST_CASE("beyond what is no address nothing is believed")
{
    for (std::string bad : {"unknown", "_hidden", "garbage", "256.1.1.1", "192.0.2.1:99999", "[2001:db8::1",
                            "[192.0.2.1]", "[::1]x", "192.0.2.1:", "::1%eth0", "\"192.0.2.1\""}) {
        CAPTURE(bad);
        CHECK(client("X-Forwarded-For: 203.0.113.9, " + bad + "\r\n") == "10.0.0.1");
        CHECK(client("X-Forwarded-For: 203.0.113.9, " + bad + ", 10.0.0.2\r\n") == "10.0.0.2");
    }
}

TEST_CASE("ports, brackets, empty elements")
{
    CHECK(client("X-Forwarded-For: 192.0.2.1:4711\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: [2001:db8::1]\r\n") == "2001:db8::1");
    CHECK(client("X-Forwarded-For: [2001:db8::1]:4711\r\n") == "2001:db8::1");
    CHECK(client("X-Forwarded-For: ,192.0.2.1 ,\t, \r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: ::ffff:192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: ::ffff:10.0.0.2\r\n") == "10.0.0.2");
}

TEST_CASE("so many hops and no more")
{
    std::string hops = "192.0.2.1";
    for (unsigned i = 1; i < forwarded_walk::most_hops; ++i)
        hops += ", 10.0.0.2";
    CHECK(client("X-Forwarded-For: " + hops + "\r\n") == "192.0.2.1");
    CHECK(client("X-Forwarded-For: " + hops + ", 10.0.0.2\r\n") == "10.0.0.2");
}

TEST_CASE("Forwarded")
{
    CHECK(standard("for=192.0.2.60;proto=http;by=203.0.113.43") == "192.0.2.60");
    CHECK(standard("For=\"[2001:db8:cafe::17]:4711\"") == "2001:db8:cafe::17");
    CHECK(standard("for=\"192.0.2.1:80\"; host=a") == "192.0.2.1");
    CHECK(standard("for=203.0.113.9, proto=http;for=192.0.2.43, for=10.0.0.2") == "192.0.2.43");
    for (auto bad : {"for=unknown", "for=_mystery", "by=192.0.2.1", "for=\"_gazonk\"",
                     "for=", "for=192.0.2.1;for=192.0.2.2", "192.0.2.1"}) {
        CAPTURE(bad);
        CHECK(standard(bad) == "10.0.0.1");
        CHECK(standard(std::string("for=203.0.113.9, ") + bad) == "10.0.0.1");
    }
}

TEST_CASE("no quote that a client leaves open reaches what the proxy adds")
{
    for (std::string sent :
         {"for=\"", "for=\"203.0.113.9", "\"", "\"\\", "for=203.0.113.9;x=\",\\\"", "for=\"a,b", "\\"}) {
        CAPTURE(sent);
        CHECK(standard(sent + ", for=192.0.2.1") == "192.0.2.1");
        CHECK(standard(sent + ", for=\"[2001:db8::1]:80\"") == "2001:db8::1");
        CHECK(standard(sent + ", for=192.0.2.1;host=\"a, for=203.0.113.9, \\\" b\"") == "192.0.2.1");
    }
}
