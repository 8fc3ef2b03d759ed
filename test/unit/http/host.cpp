#include "pier/http/host.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <random>
#include <string>

using namespace pier::http;

TEST_CASE("a host with and without port")
{
    auto plain = split_host("example.com");
    REQUIRE(plain);
    CHECK(plain->host == "example.com");
    CHECK_FALSE(plain->port);

    auto with_port = split_host("127.0.0.1:8080");
    REQUIRE(with_port);
    CHECK(with_port->host == "127.0.0.1");
    CHECK(with_port->port == 8080);

    auto ipv6 = split_host("[2001:db8::1]:0");
    REQUIRE(ipv6);
    CHECK(ipv6->host == "[2001:db8::1]");
    CHECK(ipv6->port == 0);

    auto empty_port = split_host("example.com:");
    REQUIRE(empty_port);
    CHECK(empty_port->host == "example.com");
    CHECK_FALSE(empty_port->port);
}

TEST_CASE("good hosts")
{
    for (auto good : {"a", "localhost:65535", "xn--bcher-kva.example", "under_score.example", "example.com.",
                      "%41.b", "a%4F", "%0f%f0", "a!$&'()*+;=~", "1.2.3.4", "999.999.999.999", "[::1]",
                      "[::]:80", "[1:2:3:4:5:6:7:8]", "[::ffff:192.0.2.1]", "host:00080"}) {
        CAPTURE(good);
        CHECK(valid_host(good));
    }
}

TEST_CASE("bad hosts")
{
    for (auto bad : {"",
                     ":",
                     ":80",
                     "a/b",
                     "user@host",
                     "user:secret@host",
                     "a,b",
                     "a b",
                     " a",
                     "a ",
                     "a\tb",
                     "a\"b",
                     "a<b",
                     "a>b",
                     "a\\b",
                     "a^b",
                     "a`b",
                     "a{b",
                     "a|b",
                     "a#b",
                     "a?b",
                     "h\xc3\xb6st",
                     "%",
                     "%4",
                     "%4g",
                     "%g4",
                     "%41%4",
                     "a%4",
                     "%41/",
                     "a/41b",
                     "a:80:80",
                     "a:65536",
                     "a:99999999999999999999",
                     "a:-1",
                     "a:+1",
                     "a:8a",
                     "a: 80",
                     "[",
                     "]",
                     "[]",
                     "[::1",
                     "::1",
                     "[::1]x",
                     "[::1]]",
                     "[::1%25eth0]",
                     "[v1.fe]",
                     "[1.2.3.4]",
                     "[::1]:65536",
                     "a[::1]",
                     "http://a",
                     "a\r\n",
                     "a\x7f"}) {
        CAPTURE(bad);
        CHECK_FALSE(valid_host(bad));
    }
    CHECK_FALSE(valid_host(std::string_view("a\0b", 3)));
}

TEST_CASE("IPv6 addresses")
{
    for (auto good : {"::", "::1", "1::", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:1.2.3.4", "1::8",
                      "ABCD::ef01", "::1.2.3.4", "::255.255.255.255"}) {
        CAPTURE(good);
        CHECK(is_ipv6_address(good));
    }
    for (auto bad : {"",
                     ":",
                     ":::",
                     "1",
                     "1:2:3:4:5:6:7",
                     "1:2:3:4:5:6:7:8:9",
                     "1:2:3:4:5:6:7:8::",
                     "::1::",
                     "12345::",
                     "g::",
                     ":1::",
                     "1:::2",
                     "1::2:",
                     "1.2.3.4::",
                     "::1.2.3",
                     "::1.2.3.4.5",
                     "::256.2.3.4",
                     "::01.2.3.4",
                     "1:2:3:4:5:6:7:1.2.3.4",
                     "::1.2.3.4:5",
                     "1:2:3:4:5:6:7:"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_ipv6_address(bad));
    }
}

TEST_CASE("IPv6 addresses are what the C library takes for them")
{
    std::mt19937 random(1);
    const std::string pieces[] = {":", ":", ":", "::", "0", "1", "ffff", "12", "1.2.3.4", "255", ".", "g"};
    std::uniform_int_distribution<std::size_t> piece(0, std::size(pieces) - 1);
    std::uniform_int_distribution<int> count(1, 17);
    for (int round = 0; round < 300'000; ++round) {
        std::string text;
        for (int n = count(random); n > 0; --n)
            text += pieces[piece(random)];
        unsigned char address[16];
        CAPTURE(text);
        if (is_ipv6_address(text) != (inet_pton(AF_INET6, text.c_str(), address) == 1))
            FAIL("they differ");
    }
}
