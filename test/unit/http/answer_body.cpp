#include "pier/http/answer_body.hpp"

#include "pier/http/answer_head.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;
using kind = answer_framing::body;

namespace {

answer_framing framing(std::string_view fields, int status = 200, method asked = method::get,
                       std::string_view version = "HTTP/1.1")
{
    answer_head head;
    std::string text =
        std::string(version) + " " + std::to_string(status) + " X\r\n" + std::string(fields) + "\r\n";
    CAPTURE(text);
    REQUIRE(head.parse(text) == head_parser::status::done);
    return answer_framing::of(head.parser(), head.text(), asked);
}

struct taken {
    std::string data;
    answer_body::state end = answer_body::state::need_more;
    std::size_t left = 0;
};

/// Gives it in two parts.
taken take(answer_body body, std::string_view text, std::size_t split)
{
    taken result;
    for (std::string_view part : {text.substr(0, split), text.substr(split)}) {
        for (bool more = true; more && result.end != answer_body::state::error;) {
            auto step = body.take(part);
            result.data += step.data;
            part.remove_prefix(step.consumed);
            result.end = step.now;
            more = step.now == answer_body::state::data;
        }
        result.left += part.size();
    }
    return result;
}

} // namespace

TEST_CASE("How an answer's body is framed, in the order of RFC 9112 6.3", "[http][answer]")
{
    CHECK(framing("Content-Length: 5\r\n").kind == kind::length);
    CHECK(framing("Content-Length: 5\r\n").length == 5);
    CHECK(framing("Content-Length: 0\r\n").kind == kind::none);
    CHECK(framing("Content-Length: 5, 5\r\nContent-Length: 5\r\n").length == 5);
    CHECK(framing("Transfer-Encoding: Chunked\r\n").kind == kind::chunked);
    CHECK(framing("").kind == kind::until_close);
    CHECK(framing("Content-Length: 5\r\n", 200, method::head).kind == kind::none);
    CHECK(framing("Transfer-Encoding: chunked\r\n", 200, method::head).kind == kind::none);
    CHECK(framing("Content-Length: 5\r\n", 204).kind == kind::none);
    CHECK(framing("Content-Length: 5\r\n", 304).kind == kind::none);
    CHECK(framing("Content-Length: 5\r\n", 100).kind == kind::none);
    CHECK(framing("Content-Length: 5\r\n", 200, method::connect).kind == kind::tunnel);
    CHECK(framing("Content-Length: 5\r\n", 407, method::connect).kind == kind::length);
    CHECK(framing("", 101).kind == kind::tunnel);
}

TEST_CASE("Disputed framing is wrong", "[http][answer]")
{
    for (auto fields :
         {"Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5, 6\r\n", "Content-Length: \r\n",
          "Content-Length: +5\r\n", "Content-Length: 0x5\r\n", "Content-Length: 5 5\r\n",
          "Content-Length: 18446744073709551616\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n",
          "Transfer-Encoding: identity\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"}) {
        CAPTURE(fields);
        CHECK(framing(fields).wrong != nullptr);
        CHECK(framing(fields, 204).wrong == nullptr); // it has no body all the same
    }
    CHECK(framing("Transfer-Encoding: chunked\r\n", 200, method::get, "HTTP/1.0").wrong != nullptr);
}

TEST_CASE("Whether another request may follow", "[http][answer]")
{
    CHECK(framing("Content-Length: 5\r\n").keep_alive);
    CHECK_FALSE(framing("Content-Length: 5\r\nConnection: Close\r\n").keep_alive);
    CHECK_FALSE(framing("Content-Length: 5\r\nConnection: keep-alive, close\r\n").keep_alive);
    CHECK_FALSE(framing("").keep_alive);
    CHECK_FALSE(framing("", 101).keep_alive);
    CHECK_FALSE(framing("Content-Length: 5\r\n", 200, method::get, "HTTP/1.0").keep_alive);
    CHECK(
        framing("Content-Length: 5\r\nConnection: keep-alive\r\n", 200, method::get, "HTTP/1.0").keep_alive);
}

TEST_CASE("Bodies may come split at any byte", "[http][answer]")
{
    std::string counted = "hello, HTTP/1.1", chunked = "5;x=y\r\nhello\r\n2\r\n, \r\n0\r\nA: b\r\n\r\nHTTP";
    for (std::size_t at = 0; at <= counted.size(); ++at) {
        auto got = take(answer_body({kind::length, 5}), counted, at);
        CHECK(got.data == "hello");
        CHECK(got.end == answer_body::state::done);
        CHECK(got.left == counted.size() - 5);
    }
    for (std::size_t at = 0; at <= chunked.size(); ++at) {
        auto got = take(answer_body({kind::chunked}), chunked, at);
        CHECK(got.data == "hello, ");
        CHECK(got.end == answer_body::state::done);
        CHECK(got.left == 4);
    }
    auto got = take(answer_body({kind::until_close}), "hello", 2);
    CHECK(got.data == "hello");
    CHECK(got.end == answer_body::state::need_more);
}

TEST_CASE("The end of the stream completes a body or truncates it", "[http][answer]")
{
    answer_body counted({kind::length, 5}), chunked({kind::chunked}), open({kind::until_close}), none;
    CHECK_FALSE(counted.complete());
    CHECK_FALSE(counted.end_of_stream());
    counted.take("hello");
    CHECK(counted.complete());
    CHECK(counted.end_of_stream());
    chunked.take("5\r\nhello\r\n0\r\n");
    CHECK_FALSE(chunked.end_of_stream());
    CHECK_FALSE(open.complete());
    CHECK(open.end_of_stream());
    CHECK(none.complete());
    CHECK(none.take("x").now == answer_body::state::done);
}

TEST_CASE("Bytes may go past a body that has no need to see them", "[http][answer]")
{
    answer_body counted({kind::length, 5}), chunked({kind::chunked}), open({kind::until_close});
    CHECK(counted.plain_bytes() == 5);
    counted.passed(3);
    CHECK(counted.plain_bytes() == 2);
    CHECK(chunked.plain_bytes() == 0);
    CHECK(open.plain_bytes() > 1u << 30);
    open.end_of_stream();
    CHECK(open.plain_bytes() == 0);
}

TEST_CASE("Broken chunks say what is wrong, limits say so", "[http][answer]")
{
    answer_body no_number({kind::chunked}), trailers({kind::chunked}, {.trailer_section = 10});
    CHECK(no_number.take("x").now == answer_body::state::error);
    CHECK(no_number.take("0\r\n\r\n").now == answer_body::state::error);
    CHECK(std::string(no_number.wrong()) == "the size of a chunk is no hexadecimal number");
    CHECK_FALSE(no_number.too_large());
    CHECK(trailers.take("0\r\nTrailer: long\r\n\r\n").now == answer_body::state::error);
    CHECK(trailers.too_large());
}
