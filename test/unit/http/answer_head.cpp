#include "pier/http/answer_head.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace pier::http;
using status = head_parser::status;
using namespace std::string_literals;

namespace {

answer_head good(std::string_view text)
{
    answer_head head;
    CAPTURE(text);
    REQUIRE(head.parse(text) == status::done);
    return head;
}

int wrong(std::string_view text)
{
    answer_head head;
    CAPTURE(text);
    CHECK(head.parse(text) == status::failed);
    return head.error();
}

} // namespace

TEST_CASE("The head of an answer is read", "[http][answer]")
{
    auto head = good("HTTP/1.1 404 Not Found\r\nServer: x\r\nVary: a\r\nVary: b\r\n\r\nbody");
    CHECK(head.status() == 404);
    CHECK(head.reason() == "Not Found");
    CHECK(head.minor_version() == 1);
    CHECK(head.field("server") == "x");
    CHECK(head.field("Vary") == "a");
    CHECK(head.list("Vary") == "a, b");
    CHECK(head.list("None") == "");
    CHECK_FALSE(head.field("None"));
    CHECK(head.text().ends_with("\r\n\r\n"));
    CHECK(head.size() == head.text().size());
}

TEST_CASE("A status line may have no reason, and be of HTTP/1.0", "[http][answer]")
{
    CHECK(good("HTTP/1.1 200 \r\n\r\n").reason() == "");
    CHECK(good("HTTP/1.1 200\r\n\r\n").status() == 200);
    CHECK(good("HTTP/1.0 200 OK\r\n\r\n").minor_version() == 0);
    CHECK(good("HTTP/1.1 999 \xc3\xa9\r\n\r\n").status() == 999);
    CHECK(good("HTTP/1.1 200 OK\nA: b\n\n").field("A") == "b");
}

TEST_CASE("Folded lines are unfolded", "[http][answer]")
{
    auto head = good("HTTP/1.1 200 OK\r\nA: b\r\n  c\r\n\td\r\nE:\r\n f\r\nG: h\r\n \r\n\r\n");
    CHECK(head.field("A") == "b    c  \td");
    CHECK(head.field("E") == "f");
    CHECK(head.field("G") == "h");
}

TEST_CASE("What is no answer is refused", "[http][answer]")
{
    CHECK(wrong("SSH-2.0-x\r\n") == 400);
    CHECK(wrong("HTTP/1.1  200 OK\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 20 OK\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 099 OK\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 2000 OK\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 200 a\rb\r\n\r\n") == 400);
    CHECK(wrong("http/1.1 200 OK\r\n\r\n") == 400);
    CHECK(wrong("HTTP/2.0 200 OK\r\n\r\n") == 505);
    CHECK(wrong("HTTP/2 200\r\n\r\n") == 505);
    CHECK(wrong("HTTP/1.1 200 OK\r\n folded: first\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 200 OK\r\nA : b\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 200 OK\r\n: b\r\n\r\n") == 400);
    CHECK(wrong("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n"s) == 400);
    CHECK(wrong("HTTP/1.1 200 " + std::string(70'000, 'x')) == 431);
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 101; ++i)
        many += "A: b\r\n";
    CHECK(wrong(many + "\r\n") == 431);
}

TEST_CASE("An answer's head may come split at any byte", "[http][answer]")
{
    std::string text = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 5\r\n\r\n";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        CAPTURE(at);
        answer_head head;
        std::vector<char> part(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at));
        auto first = head.parse({part.data(), part.size()});
        CHECK(first == (at == text.size() ? status::done : status::need_more));
        CHECK(head.parse(text) == status::done);
        CHECK(head.field("A") == "b   c");
        CHECK(head.field("Content-Length") == "5");
    }
}
