#include "pier/http/access_line.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace pier::http;

namespace {

std::string line(const access_entry& entry)
{
    std::string out = "before\n";
    append_combined(out, entry, "[time]");
    REQUIRE(out.starts_with("before\n"));
    return out.substr(7);
}

std::string agent(std::string_view text)
{
    auto whole = line(
        {.peer = "p", .request_line = "r", .status = 200, .bytes = 0, .referer = "", .user_agent = text});
    std::string_view before = "p - - [time] \"r\" 200 0 \"-\" \"";
    REQUIRE(whole.starts_with(before));
    REQUIRE(whole.ends_with("\"\n"));
    return whole.substr(before.size(), whole.size() - before.size() - 2);
}

} // namespace

TEST_CASE("a line is in the combined format")
{
    CHECK(line({.peer = "192.0.2.1",
                .request_line = "GET /a HTTP/1.1",
                .status = 206,
                .bytes = 18446744073709551615u,
                .referer = "http://b/",
                .user_agent = "curl/8"}) ==
          "192.0.2.1 - - [time] \"GET /a HTTP/1.1\" 206 18446744073709551615 \"http://b/\" \"curl/8\"\n");
    access_entry unread;
    unread.peer = "unix";
    unread.status = 400;
    CHECK(line(unread) == "unix - - [time] \"-\" 400 0 \"-\" \"-\"\n");
}

TEST_CASE("quotes, backslashes, control bytes and bytes beyond ASCII are written as \\x")
{
    using namespace std::string_literals;
    CHECK(agent("a\"b") == R"(a\x22b)");
    CHECK(agent("a\\b") == R"(a\x5cb)");
    CHECK(agent("a\r\nb\tc") == R"(a\x0d\x0ab\x09c)");
    CHECK(agent("\0"s) == R"(\x00)");
    CHECK(agent("\x7f") == R"(\x7f)");
    CHECK(agent("caf\xc3\xa9") == R"(caf\xc3\xa9)");
    CHECK(agent("\x1b[31m") == R"(\x1b[31m)");
    CHECK(agent(" !#~") == " !#~");
    // every byte, alone and where a whole machine word is looked at
    for (unsigned byte = 0; byte < 256; ++byte)
        for (std::size_t at : {0u, 5u, 7u, 8u, 15u, 19u}) {
            std::string text(20, 'x');
            text[at] = static_cast<char>(static_cast<unsigned char>(byte));
            bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
            auto written = agent(text);
            CAPTURE(byte, at);
            CHECK((written == text) == plain);
            CHECK(written.size() == (plain ? 20u : 23u));
        }
}

TEST_CASE("no request forges a line or a field")
{
    std::string forged = "x\" 200 0 \"-\" \"-\"\n10.0.0.1 - - [t] \"GET /admin HTTP/1.1\" 200 1 \"-\" \"";
    auto text = line({.peer = "p",
                      .request_line = forged,
                      .status = 400,
                      .bytes = 0,
                      .referer = forged,
                      .user_agent = forged});
    CHECK(std::ranges::count(text, '\n') == 1);
    CHECK(text.back() == '\n');
    CHECK(std::ranges::count(text, '"') == 6);
}

TEST_CASE("the time is in UTC and renewed when the second changes")
{
    log_time time;
    CHECK(time.at(0) == "[01/Jan/1970:00:00:00 +0000]");
    CHECK(time.at(784111777) == "[06/Nov/1994:08:49:37 +0000]");
    CHECK(time.at(784111777) == "[06/Nov/1994:08:49:37 +0000]");
    CHECK(time.at(784111778) == "[06/Nov/1994:08:49:38 +0000]");
    CHECK(time.at(951782399) == "[28/Feb/2000:23:59:59 +0000]");
    CHECK(time.at(951782400) == "[29/Feb/2000:00:00:00 +0000]");
}

TEST_CASE("the time is written as RFC 3339 does, too")
{
    log_time time;
    CHECK(time.iso_at(784111777) == "1994-11-06T08:49:37Z");
    CHECK(time.at(784111778) == "[06/Nov/1994:08:49:38 +0000]");
    CHECK(time.iso_at(784111778) == "1994-11-06T08:49:38Z");
}
