#include "pier/net/proxy_protocol.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::net;
using status = proxy_header_parser::status;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

/// What comes of a header: "ADDRESS PORT", "itself" for the proxy's own, "failed" or "more"; however it is
/// split.
std::string read(const std::string& in)
{
    std::string first;
    for (std::size_t split = 0; split <= in.size(); ++split) {
        proxy_header_parser parser;
        auto step = parser.feed(std::string_view(in).substr(0, split));
        std::size_t consumed = step.consumed;
        if (step.now == status::need_more) {
            CHECK(consumed == split);
            step = parser.feed(std::string_view(in).substr(split));
            consumed += step.consumed;
        }
        std::string result = step.now == status::failed      ? "failed"
                             : step.now == status::need_more ? "more"
                             : parser.client()
                                 ? parser.client()->to_string() + " " + std::to_string(parser.client()->port)
                                 : "itself";
        if (step.now == status::done)
            result += "|" + in.substr(consumed);
        if (split == 0)
            first = result;
        CAPTURE(in, split);
        CHECK(result == first);
    }
    return first;
}

std::string v2(char command, char family, const std::string& body)
{
    std::string length{static_cast<char>(body.size() >> 8), static_cast<char>(body.size() & 0xff)};
    return signature + command + family + length + body;
}

const std::string ipv4_body("\xc0\x00\x02\x01\xc6\x33\x64\x01\x10\x00\x01\xbb", 12);

} // namespace

TEST_CASE("version 1")
{
    CHECK(read("PROXY TCP4 192.0.2.1 198.51.100.1 4096 443\r\nGET /") == "192.0.2.1 4096|GET /");
    CHECK(read("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n") == "2001:db8::1 1|");
    CHECK(read("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 1 2\r\n") == "192.0.2.1 1|");
    CHECK(read("PROXY UNKNOWN\r\nGET") == "itself|GET");
    CHECK(read("PROXY UNKNOWN whatever that may be\r\n") == "itself|");
    CHECK(read("PROXY TCP4 192.0.2.1 198.51.100.1 4096 443\r\n\r\n") == "192.0.2.1 4096|\r\n");
}

TEST_CASE("version 1, malformed")
{
    for (std::string bad :
         {"GET / HTTP/1.1\r\n", "proxy TCP4 192.0.2.1 198.51.100.1 1 2\r\n", "PROXY \r\n", "PROXY TCP4\r\n",
          "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n",
          "PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n",
          "PROXY TCP4 192.0.2.1 198.51.100.1 1 65536\r\n", "PROXY TCP4 192.0.2.1 198.51.100.1 01 2\r\n",
          "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n", "PROXY TCP4 192.0.2.256 198.51.100.1 1 2\r\n",
          "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n", "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
          "PROXY TCP4 192.0.2.1 2001:db8::2 1 2\r\n", "PROXY UDP4 192.0.2.1 198.51.100.1 1 2\r\n",
          "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n", "PROXY UNKNOWNS\r\n"}) {
        CAPTURE(bad);
        CHECK(read(bad) == "failed");
    }
}

TEST_CASE("version 1 has a longest line")
{
    std::string start = "PROXY UNKNOWN ";
    CHECK(read(start + std::string(proxy_header_parser::most_v1 - start.size() - 2, 'x') + "\r\n") ==
          "itself|");
    CHECK(read(start + std::string(proxy_header_parser::most_v1 - start.size() - 1, 'x') + "\r\n") ==
          "failed");
    CHECK(read("PROXY UNKNOWN") == "more");
}

TEST_CASE("version 2")
{
    CHECK(read(v2('\x21', '\x11', ipv4_body) + "GET") == "192.0.2.1 4096|GET");
    CHECK(read(v2('\x21', '\x11', ipv4_body + std::string("\x04\x00\x03xyz", 6)) + "GET") ==
          "192.0.2.1 4096|GET");
    std::string v6 = "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\x01" + std::string(16, '\0') + "\x10" +
                     std::string(3, '\0');
    CHECK(read(v2('\x21', '\x21', v6) + "\r\n") == "2001:db8::1 4096|\r\n");
    CHECK(read(v2('\x21', '\x31', std::string(216, 'p')) + "x") == "unix 0|x");
    CHECK(read(v2('\x20', '\x11', ipv4_body) + "GET") == "itself|GET"); // LOCAL
    CHECK(read(v2('\x20', '\x00', "") + "GET") == "itself|GET");
    CHECK(read(v2('\x21', '\x00', "tlvs") + "GET") == "itself|GET"); // UNSPEC
}

TEST_CASE("version 2, malformed")
{
    CHECK(read(v2('\x11', '\x11', ipv4_body)) == "failed");
    CHECK(read(v2('\x22', '\x11', ipv4_body)) == "failed");
    CHECK(read(v2('\x21', '\x11', ipv4_body.substr(1))) == "failed"); // shorter than its addresses
    CHECK(read(v2('\x21', '\x12', ipv4_body)) == "failed");           // UDP, on a stream
    CHECK(read(v2('\x21', '\x41', ipv4_body)) == "failed");
    CHECK(read("\r\n\r\nGET") == "failed");
    CHECK(read(signature) == "more");
    CHECK(read(v2('\x21', '\x11', ipv4_body).substr(0, 20)) == "more");
}

TEST_CASE("version 2 has a largest header")
{
    std::string most(proxy_header_parser::most_v2 - 16, 't');
    CHECK(read(v2('\x21', '\x00', most) + "GET") == "itself|GET");
    CHECK(read(v2('\x21', '\x00', most + "t") + "GET") == "failed");
}
