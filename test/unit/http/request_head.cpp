#include "pier/http/request_head.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;
using namespace std::string_literals;

namespace {

struct written {
    std::string text, why;
};

written write(std::string_view method, std::string_view where, target_choice form = target_choice::origin,
              const fields& headers = {}, const request_framing& framing = {}, bool close = false)
{
    std::string ignored;
    auto to = url::parse(where, ignored);
    REQUIRE(to);
    written w;
    w.why = append_request_head(w.text, method, *to, form, headers, framing, close);
    CHECK(w.text.empty() != w.why.empty());
    return w;
}

} // namespace

TEST_CASE("A request's head is written", "[http][request]")
{
    using body = request_framing::body;
    CHECK(write("GET", "http://h/a?b#c").text == "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(write("GET", "http://h:81/a", target_choice::absolute).text ==
          "GET http://h:81/a HTTP/1.1\r\nHost: h:81\r\n\r\n");
    CHECK(write("CONNECT", "https://h", target_choice::authority).text ==
          "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n");
    CHECK(write("OPTIONS", "http://h", target_choice::asterisk).text ==
          "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(write("PUT", "http://h", {}, {}, {body::length, 5}).text ==
          "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
    CHECK(write("PUT", "http://h", {}, {}, {body::chunked}, true).text ==
          "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    fields headers;
    headers.add("host", "other");
    headers.add("A", "b");
    CHECK(write("GET", "http://h/", {}, headers).text == "GET / HTTP/1.1\r\nhost: other\r\nA: b\r\n\r\n");
    CHECK(write("GET", "http://ann:secret@h/", target_choice::absolute).text.find("secret") ==
          std::string::npos);
}

TEST_CASE("Nothing gets into a request's head that is not to be there", "[http][request]")
{
    CHECK(write("GE T", "http://h/").why == "`GE T` is no method");
    CHECK(write("GET\r\nX: y", "http://h/").why != "");
    CHECK(write("", "http://h/").why != "");
    fields headers;
    headers.add("A\r\nB", "c");
    CHECK(write("GET", "http://h/", {}, headers).why != "");
    fields length;
    length.add("content-length", "5");
    CHECK_THAT(write("GET", "http://h/", {}, length).why, Catch::Contains("length"));
    CHECK(valid_field("A", "b\tc\xff"));
    for (auto value : {"a\rb"s, "a\nb"s, "a\0b"s, "a\x7f"s})
        CHECK_FALSE(valid_field("A", value));
    for (auto name : {"", "a b", "a:", "\xff"})
        CHECK_FALSE(valid_field(name, "x"));
}

TEST_CASE("Fields as people write them", "[http][request]")
{
    fields headers;
    CHECK(add_field_line(headers, "A: b "));
    CHECK(add_field_line(headers, "C:d:e"));
    CHECK(add_field_line(headers, "Empty;"));
    CHECK(headers.text() == "A: b\r\nC: d:e\r\nEmpty: \r\n");
    for (auto line : {"", ":", "no colon", "a b: c", "A: b\r\nC: d", "A\n;"})
        CHECK_FALSE(add_field_line(headers, line));
    CHECK(has_field(headers, "a"));
    CHECK_FALSE(has_field(headers, "b"));
}

TEST_CASE("Basic credentials are encoded", "[http][request]")
{
    CHECK(basic_credentials("Aladdin:open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(basic_credentials("a:") == "Basic YTo=");
    CHECK(basic_credentials("ab:") == "Basic YWI6");
}
