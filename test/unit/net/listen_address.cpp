#include "pier/net/listen_address.hpp"

#include <catch2/catch.hpp>

using namespace pier::net;
using how = listen_address::how;

namespace {

/// As it is written again, and how it is spoken there.
std::pair<std::string, how> read(std::string_view text, const listen_schemes& schemes = http_schemes)
{
    auto parsed = listen_address::parse(text, schemes);
    return parsed ? std::pair(parsed->to_string(schemes), parsed->spoken)
                  : std::pair(std::string(), how::unsaid);
}

} // namespace

TEST_CASE("an address to listen on, with its scheme or without")
{
    using pair = std::pair<std::string, how>;
    CHECK(read("127.0.0.1:8080") == pair("127.0.0.1:8080", how::unsaid));
    CHECK(read("http://127.0.0.1:8080") == pair("http://127.0.0.1:8080", how::plain));
    CHECK(read("https://[::1]:0") == pair("https://[::1]:0", how::secure));
    CHECK(read("HTTPS://localhost:443/") == pair("https://127.0.0.1:443", how::secure));
    CHECK(read("unix:/run/x") == pair("unix:/run/x", how::unsaid));
    CHECK(read("https+unix:/run/x/") == pair("https+unix:/run/x/", how::secure));
    CHECK(read("http://unix:/run/x") == pair("http+unix:/run/x", how::plain));
    CHECK(read("tls://127.0.0.1:1", stream_schemes) == pair("tls://127.0.0.1:1", how::secure));
    CHECK(read("tcp+unix:/x", stream_and_datagram_schemes) == pair("tcp+unix:/x", how::plain));
    CHECK(read("udp://127.0.0.1:1", stream_and_datagram_schemes) ==
          pair("udp://127.0.0.1:1", how::datagrams));
}

TEST_CASE("an address to listen on has no other scheme, no path, nothing around it")
{
    for (auto text : {"ftp://127.0.0.1:1", "tls://127.0.0.1:1", "udp://127.0.0.1:1", "https://",
                      "https:127.0.0.1:1", "https//127.0.0.1:1", "https://127.0.0.1", "https://127.0.0.1:1/x",
                      "https://127.0.0.1:1//", "http://https://127.0.0.1:1", "https+127.0.0.1:1",
                      "://127.0.0.1:1", "127.0.0.1:1/", "https:// 127.0.0.1:1", "https+unix:", ""}) {
        CAPTURE(text);
        CHECK_FALSE(listen_address::parse(text, http_schemes));
    }
    CHECK_FALSE(listen_address::parse("udp://unix:/x", stream_and_datagram_schemes));
    CHECK_FALSE(listen_address::parse("udp+unix:/x", stream_and_datagram_schemes));
    CHECK_FALSE(listen_address::parse("udp://127.0.0.1:1", no_schemes));
}
