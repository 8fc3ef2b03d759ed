#include "pier/http/response_head.hpp"

#include "pier/http/handler.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace pier::http;

namespace {

constexpr std::int64_t moment = 784111777;

std::string head(const response& from, bool keep_alive, framing how, std::uint64_t length)
{
    std::string out = "before;"; // what is pipelined before it stays
    append_head(out, from, "Server: pier\r\n", keep_alive, how, length);
    REQUIRE(out.starts_with("before;"));
    return out.substr(7);
}

} // namespace

TEST_CASE("a head is a status line, fields and an empty line")
{
    response r;
    auto shared = std::make_shared<fields>();
    shared->add("ETag", "\"x\"");
    shared->add("Content-Type", "unused");
    r.shared_headers = {shared, 11}; // the first of them
    r.headers.add("Content-Range", "bytes 0-0/1");
    CHECK(head(r, true, framing::length, 42) ==
          "HTTP/1.1 200 OK\r\nServer: pier\r\nConnection: keep-alive\r\n"
          "ETag: \"x\"\r\nContent-Range: bytes 0-0/1\r\n"
          "Content-Length: 42\r\n\r\n");
    r.reset();
    r.status = 404;
    CHECK(head(r, false, framing::length, 0) ==
          "HTTP/1.1 404 Not Found\r\nServer: pier\r\nConnection: close\r\n"
          "Content-Length: 0\r\n\r\n");
    CHECK(head(r, false, framing::length, UINT64_MAX).find("Content-Length: 18446744073709551615\r\n") !=
          std::string::npos);
}

TEST_CASE("the framing is said once, or not at all")
{
    response r;
    CHECK(head(r, true, framing::chunked, 42) ==
          "HTTP/1.1 200 OK\r\nServer: pier\r\nConnection: keep-alive\r\n"
          "Transfer-Encoding: chunked\r\n\r\n");
    r.status = 304;
    CHECK(head(r, true, framing::none, 42) ==
          "HTTP/1.1 304 Not Modified\r\nServer: pier\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("a status without a phrase keeps the space before it")
{
    response r;
    r.status = 299;
    CHECK(head(r, true, framing::none, 0).starts_with("HTTP/1.1 299 \r\n")); // RFC 9112 section 4
}

TEST_CASE("Server and Date are renewed when the second changes")
{
    common_lines lines;
    CHECK(lines.at(moment) == "Server: pier\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    auto* before = lines.at(moment).data();
    CHECK(lines.at(moment).data() == before);
    CHECK(lines.at(moment + 1) == "Server: pier\r\nDate: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
    CHECK(lines.at(moment) == "Server: pier\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"); // a clock set back
}
