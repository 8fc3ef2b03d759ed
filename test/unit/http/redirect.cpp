#include "pier/http/redirect.hpp"

#include <catch2/catch.hpp>

using pier::http::https_location;

namespace {

std::string location(std::string_view host, std::string_view path = "/", std::uint16_t port = 443)
{
    return https_location(host, path, std::nullopt, port).value_or("nothing");
}

} // namespace

TEST_CASE("the same place over TLS")
{
    CHECK(location("example.com", "/a/b%20c") == "https://example.com/a/b%20c");
    CHECK(location("example.com:80") == "https://example.com/");
    CHECK(location("example.com:8080", "/", 8443) == "https://example.com:8443/");
    CHECK(location("192.0.2.1:80", "/", 444) == "https://192.0.2.1:444/");
    CHECK(location("[2001:db8::1]:80", "/", 444) == "https://[2001:db8::1]:444/");
    CHECK(https_location("a", "/x", "q=1&r", 443) == "https://a/x?q=1&r");
    CHECK(https_location("a", "/x", "", 443) == "https://a/x?");
    CHECK(location("a", "*") == "https://a/");
}

TEST_CASE("a challenge is beneath its folder, however its path is written")
{
    using pier::http::is_acme_challenge;
    CHECK(is_acme_challenge("/.well-known/acme-challenge/token"));
    CHECK(is_acme_challenge("/.well-known/acme-challenge/"));
    CHECK(is_acme_challenge("/x/../.well-known/./acme%2dchallenge//token"));
    for (auto path :
         {"/", "*", "", "/.well-known/acme-challenge", "/.well-known/acme-challenge/../security.txt",
          "/.well-known/acme-challenge/../../secret", "/.well-known/acme-challenge/%2e%2e/secret",
          "/.well-known/acme-challenge/..%2fsecret", "/.well-known/acme-challenge/%",
          "/x/.well-known/acme-challenge/token"}) {
        CAPTURE(path);
        CHECK_FALSE(is_acme_challenge(path));
    }
}

TEST_CASE("nobody is sent elsewhere than to the host asked for")
{
    CHECK(location("good.example", "//evil.example/") == "https://good.example//evil.example/");
    for (auto host : {"", "good@evil", "good/evil", "good\r\nSet-Cookie: x", "good,evil", "good:80:90",
                      "good:x", "[::1", "a b", "good?", "good#"}) {
        CAPTURE(host);
        CHECK(location(host) == "nothing");
    }
}
