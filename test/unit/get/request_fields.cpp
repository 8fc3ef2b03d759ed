#include "pier/get/request_fields.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::get;

namespace {

std::string sent(const request_config& c, const request_kind& kind = {}, const char* to = "http://a/")
{
    std::string why;
    auto url = http::url::parse(to, why);
    REQUIRE(url);
    return std::string(fields_of(c, *url, kind).text());
}

bool has(const std::string& fields, const std::string& line)
{
    return ("\r\n" + fields).find("\r\n" + line + "\r\n") != std::string::npos;
}

} // namespace

TEST_CASE("what each request says by itself, unless it is told otherwise")
{
    request_config c;
    CHECK(has(sent(c), "Accept: */*"));
    CHECK(has(sent(c), "Accept-Encoding: identity"));
    CHECK(has(sent(c, {.compressed = true}), "Accept-Encoding: zstd, br, gzip, deflate"));
    CHECK(has(sent(c, {.range = "bytes=1-", .if_range = "\"t\""}), "Range: bytes=1-\r\nIf-Range: \"t\""));
    c.headers = {{"accept", std::nullopt}, {"User-Agent", "me"}, {"X", ""}};
    CHECK(sent(c) == "Accept-Encoding: identity\r\nUser-Agent: me\r\nX: \r\n");
}

TEST_CASE("credentials and what describes content go only where they belong")
{
    request_config c;
    c.headers = {{"Cookie", "c"}, {"Content-Type", "text/plain"}};
    CHECK(has(sent(c, {.content = true}), "Content-Type: text/plain"));
    CHECK_FALSE(has(sent(c, {.content = false}), "Content-Type: text/plain"));
    CHECK(has(sent(c), "Cookie: c"));
    CHECK_FALSE(has(sent(c, {.credentials = false}), "Cookie: c"));
    CHECK(has(sent(c, {}, "http://me:word@a/"), "Authorization: Basic bWU6d29yZA=="));
    CHECK(sent(c, {.credentials = false}, "http://me:word@a/").find("Authorization") == std::string::npos);
    c.headers = {{"Authorization", "Bearer x"}};
    CHECK(has(sent(c, {}, "http://me:word@a/"), "Authorization: Bearer x"));
    CHECK(has(sent({}, {.content = true}), "Content-Type: application/x-www-form-urlencoded"));
}

TEST_CASE("a head is shown without secrets and without controls")
{
    CHECK(marked_lines("> ", "GET / HTTP/1.1\r\nAuthorization: Basic x\r\nX: \x1b[2J\r\n\r\n") ==
          "> GET / HTTP/1.1\n> Authorization: (not shown)\n> X: \\x1b[2J\n> ");
    CHECK(marked_lines("< ", "HTTP/1.1 200 OK\r\nset-cookie: id=1") ==
          "< HTTP/1.1 200 OK\n< set-cookie: (not shown)");
}
