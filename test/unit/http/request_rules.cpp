#include "pier/http/request_rules.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace pier::http;
using body_kind = request_facts::body_kind;

namespace {

struct judged {
    int status = 0;
    request_facts facts;
    std::string text; // that the facts refer to
    head_parser head;
};

judged judge(std::string request_line, std::string_view fields)
{
    judged result;
    result.text = request_line.append("\r\n").append(fields).append("\r\n");
    INFO(result.text);
    REQUIRE(result.head.parse(result.text) == head_parser::status::done);
    result.facts.length = 77; // what an earlier request left
    result.facts.expects_continue = true;
    result.status = check_request(result.head, result.text, result.facts);
    return result;
}

/// Of a POST of HTTP/1.1 with a good Host.
judged post(std::string fields)
{
    return judge("POST / HTTP/1.1", "Host: a\r\n" + fields);
}

int status_of(std::string fields)
{
    return post(std::move(fields)).status;
}

bool kept(std::string_view version, std::string_view fields)
{
    auto result = judge("GET / HTTP/" + std::string(version), "Host: a\r\n" + std::string(fields));
    CHECK(result.status == 0);
    return result.facts.keep_alive;
}

} // namespace

TEST_CASE("a request of 1.1 has one valid Host")
{
    auto host = [](std::string_view fields) { return judge("GET / HTTP/1.1", fields).status; };
    CHECK(host("Host: a\r\n") == 0);
    CHECK(host("Host: example.com:8080\r\n") == 0);
    CHECK(host("Host: [::1]:80\r\n") == 0);
    CHECK(host("") == 400);
    CHECK(host("Host: a\r\nHost: a\r\n") == 400);
    CHECK(host("Host: a\r\nhost: b\r\n") == 400);
    for (auto bad : {"", "a/b", "a b", "u@a", "a,b", "a:x", "a:65536", "[::1", "a#", "a?", "http://a"}) {
        CAPTURE(bad);
        CHECK(host("Host: " + std::string(bad) + "\r\n") == 400);
        CHECK(judge("GET / HTTP/1.0", "Host: " + std::string(bad) + "\r\n").status == 400);
    }
    CHECK(judge("GET / HTTP/1.2", "").status == 400);
    CHECK(judge("GET / HTTP/1.0", "").status == 0);
    CHECK(judge("GET / HTTP/1.0", "Host: a\r\nHost: a\r\n").status == 400);
}

TEST_CASE("the target's authority overrides Host, which must be there all the same")
{
    auto result = judge("GET http://b:81/x?y HTTP/1.1", "Host: a\r\n");
    CHECK(result.status == 0);
    CHECK(result.facts.host == "b:81");
    CHECK(result.facts.target.path == "/x");
    CHECK(result.facts.target.query == "y");
    CHECK(judge("GET / HTTP/1.1", "Host: a\r\n").facts.host == "a");
    CHECK(judge("GET http://b/ HTTP/1.1", "").status == 400);
    CHECK(judge("GET http://b/ HTTP/1.1", "Host: a/b\r\n").status == 400);
    CHECK(judge("CONNECT b:443 HTTP/1.1", "Host: a\r\n").facts.host == "b:443");
}

TEST_CASE("each method has its forms of target")
{
    auto target = [](std::string method, std::string text) {
        return judge(method + " " + text + " HTTP/1.1", "Host: a\r\n").status;
    };
    CHECK(target("OPTIONS", "*") == 0);
    CHECK(target("OPTIONS", "/") == 0);
    CHECK(target("GET", "*") == 400);
    CHECK(target("options", "*") == 400);
    CHECK(target("CONNECT", "a:443") == 0);
    CHECK(target("CONNECT", "a") == 400);
    CHECK(target("CONNECT", "/") == 400);
    CHECK(target("GET", "a:443") == 400);
    CHECK(target("BREW", "/pot") == 0);
    for (auto bad : {"a", "/a#b", "/%", "/%zz", "/a\"b", "/a\\b", "/<", "/{}", "/^", "/|", "/`", "/\x80",
                     "/\r", "/\x01", "/\x7f", "ftp://a/", "http:///", "http://u@a/"}) {
        CAPTURE(bad);
        CHECK(target("GET", bad) == 400);
    }
}

TEST_CASE("Content-Length is one whole number")
{
    auto result = post("Content-Length: 5\r\n");
    CHECK(result.status == 0);
    CHECK(result.facts.body == body_kind::length);
    CHECK(result.facts.length == 5);
    result = post("Content-Length: 18446744073709551615\r\n");
    CHECK(result.status == 0);
    CHECK(result.facts.length == UINT64_MAX);
    CHECK(post("Content-Length: 007\r\n").facts.length == 7);
    for (auto none : {"", "Content-Length: 0\r\n", "Content-Length: 00\r\n"}) {
        result = post(none);
        CHECK(result.status == 0);
        CHECK(result.facts.body == body_kind::none);
        CHECK(result.facts.length == 0);
    }
    for (auto bad : {"", "+5", "-0", "-5", "0x5", "5 5", "5,5", "5, 5", "5.0", "5e1", "five", "\"5\"", "5;",
                     "18446744073709551616", "99999999999999999999999999", "\xb5"}) {
        CAPTURE(bad);
        CHECK(status_of("Content-Length: " + std::string(bad) + "\r\n") == 400);
    }
    CHECK(status_of("Content-Length: 5\r\nContent-Length: 6\r\n") == 400);
    CHECK(status_of("Content-Length: 5\r\ncontent-length: 5\r\n") == 400);
}

TEST_CASE("Transfer-Encoding is chunked and nothing else")
{
    for (auto good : {"chunked", "Chunked", "CHUNKED"}) {
        auto result = post("Transfer-Encoding: " + std::string(good) + "\r\n");
        CHECK(result.status == 0);
        CHECK(result.facts.body == body_kind::chunked);
        CHECK(result.facts.length == 0);
    }
    // framed by an order that has an end, in codings that are not spoken here
    for (auto unknown : {"gzip", "identity", "gzip, chunked", "x", "xchunked", "chunked;a=b", "chunkedx"}) {
        CAPTURE(unknown);
        CHECK(status_of("Transfer-Encoding: " + std::string(unknown) + "\r\n") == 501);
    }
    for (auto endless :
         {"", ",", "chunked, gzip", "chunked, chunked", "chunked, gzip, chunked", "\"chunked", ", \""}) {
        CAPTURE(endless);
        CHECK(status_of("Transfer-Encoding: " + std::string(endless) + "\r\n") == 400);
    }
    // no way of saying it may hide the coding from a stricter reader
    for (auto hidden : {"\"chunked\"", "chunked ,", ", chunked", "chun ked", "'chunked'"}) {
        CAPTURE(hidden);
        CHECK(status_of("Transfer-Encoding: " + std::string(hidden) + "\r\n") != 0);
    }
    CHECK(status_of("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_of("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(judge("POST / HTTP/1.0", "Host: a\r\nTransfer-Encoding: chunked\r\n").status == 400);
    CHECK(judge("POST / HTTP/1.0", "Transfer-Encoding: gzip\r\n").status == 400);
}

TEST_CASE("both framings together are refused in any order")
{
    CHECK(status_of("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == 400);
    CHECK(status_of("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") == 400);
    CHECK(status_of("Transfer-Encoding: x\r\nContent-Length: 0\r\n") == 400);
    CHECK(judge("GET / HTTP/1.1", "Host: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n").status ==
          400);
}

TEST_CASE("the framing is the same whatever the method")
{
    for (auto method : {"GET", "HEAD", "OPTIONS", "DELETE", "BREW"}) {
        auto result = judge(std::string(method) + " / HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n");
        CHECK(result.status == 0);
        CHECK(result.facts.body == body_kind::length);
    }
}

TEST_CASE("1.1 keeps the connection, 1.0 closes it, and Connection says otherwise")
{
    CHECK(kept("1.1", ""));
    CHECK(kept("1.2", ""));
    CHECK_FALSE(kept("1.0", ""));
    CHECK(kept("1.0", "Connection: keep-alive\r\n"));
    CHECK(kept("1.0", "Connection: Keep-Alive\r\n"));
    CHECK(kept("1.0", "Connection: x, keep-alive\r\n"));
    CHECK(kept("1.1", "Connection: keep-alive\r\n"));
    CHECK(kept("1.1", "Connection: upgrade\r\n"));
    CHECK(kept("1.1", "Connection: closed\r\n"));
    CHECK(kept("1.1", "Connection:\r\n"));
    for (auto close :
         {"Connection: close\r\n", "Connection: Close\r\n", "Connection: x ,close\r\n",
          "Connection: close, keep-alive\r\n", "Connection: keep-alive, close\r\n",
          "Connection: keep-alive\r\nConnection: close\r\n",
          "Connection: close\r\nConnection: keep-alive\r\n", "Connection: x\r\nConnection: y, CLOSE\r\n"}) {
        CAPTURE(close);
        CHECK_FALSE(kept("1.1", close));
        CHECK_FALSE(kept("1.0", close));
    }
}

TEST_CASE("100-continue is all that can be expected")
{
    CHECK(post("Expect: 100-continue\r\nContent-Length: 1\r\n").facts.expects_continue);
    CHECK(post("Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n").facts.expects_continue);
    // no body, nothing to continue with
    auto bodiless = post("Expect: 100-continue\r\n");
    CHECK(bodiless.status == 0);
    CHECK_FALSE(bodiless.facts.expects_continue);
    CHECK_FALSE(post("Expect: 100-continue\r\nContent-Length: 0\r\n").facts.expects_continue);
    CHECK_FALSE(post("Content-Length: 1\r\n").facts.expects_continue);
    CHECK(status_of("Expect: 200-ok\r\n") == 417);
    CHECK(status_of("Expect:\r\n") == 417);
    CHECK(status_of("Expect: 100-continue, x\r\n") == 417);
    CHECK(status_of("Expect: 100-continue\r\nExpect: 100-continue\r\n") == 417);
    // a client of 1.0 cannot expect, and gets no 1xx (RFC 9110 10.1.1)
    for (auto ignored : {"100-continue", "x"}) {
        auto old = judge("POST / HTTP/1.0", "Content-Length: 1\r\nExpect: " + std::string(ignored) + "\r\n");
        CHECK(old.status == 0);
        CHECK_FALSE(old.facts.expects_continue);
    }
}

TEST_CASE("what cannot be framed is refused before what is merely unwelcome")
{
    CHECK(status_of("Expect: x\r\nContent-Length: x\r\n") == 400);
    CHECK(judge("GET / HTTP/1.1", "Expect: x\r\n").status == 400); // no Host
}
