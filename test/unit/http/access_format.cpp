#include "pier/http/access_format.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace pier::http;

namespace {

access_entry whole()
{
    return {.peer = "192.0.2.1",
            .request_line = "GET /a?b HTTP/1.1",
            .status = 200,
            .bytes = 42,
            .referer = "http://r/",
            .user_agent = "curl/8",
            .user = "ann",
            .method = "GET",
            .target = "/a?b",
            .protocol = "HTTP/1.1",
            .host = "example.org",
            .duration = 1'002'003'999,
            .end = "keep-alive",
            .number = 7};
}

std::string line(std::string_view text, const access_entry& entry = whole())
{
    access_format format;
    REQUIRE(format.set(text) == "");
    log_time time;
    std::string out = "before\n";
    format.append(out, entry, time, 784111777);
    REQUIRE(out.starts_with("before\n"));
    REQUIRE(out.ends_with('\n'));
    return out.substr(7, out.size() - 8);
}

std::string wrong(std::string_view text)
{
    access_format format;
    return format.set(text);
}

} // namespace

TEST_CASE("each place of an access format stands for its part of the request")
{
    CHECK(line("{client}") == "192.0.2.1");
    CHECK(line("{user}") == "ann");
    CHECK(line("{time}") == "[06/Nov/1994:08:49:37 +0000]");
    CHECK(line("{time-iso}") == "1994-11-06T08:49:37Z");
    CHECK(line("{request}") == "GET /a?b HTTP/1.1");
    CHECK(line("{method}") == "GET");
    CHECK(line("{target}") == "/a?b");
    CHECK(line("{protocol}") == "HTTP/1.1");
    CHECK(line("{status}") == "200");
    CHECK(line("{bytes}") == "42");
    CHECK(line("{duration}") == "1.002003");
    CHECK(line("{referer}") == "http://r/");
    CHECK(line("{agent}") == "curl/8");
    CHECK(line("{host}") == "example.org");
    CHECK(line("{end}") == "keep-alive");
    CHECK(line("{number}") == "7");
    CHECK(line("a {status}{bytes}\t{{x}} {number} z") == "a 20042\t{x} 7 z");
}

TEST_CASE("what is absent is a dash, and a duration has six places")
{
    access_entry none;
    none.peer = "unix";
    none.end = "error";
    CHECK(line("{user} {request} {method} {target} {protocol} {referer} {agent} {host}", none) ==
          "- - - - - - - -");
    CHECK(line("{duration}", none) == "0.000000");
    none.duration = 12'345;
    CHECK(line("{duration}", none) == "0.000012");
    none.duration = UINT64_MAX;
    CHECK(line("{duration}", none) == "18446744073.709551");
}

TEST_CASE("combined is the default, and can be written as a format")
{
    access_entry entry = whole();
    entry.user = "";
    CHECK(access_format().is_combined());
    CHECK(line("combined", entry) == line("{client} - {user} {time} \"{request}\" {status} {bytes} "
                                          "\"{referer}\" \"{agent}\"",
                                          entry));
}

TEST_CASE("the JSON line")
{
    CHECK(line("json") == R"({"time":"1994-11-06T08:49:37Z","client":"192.0.2.1","user":"ann",)"
                          R"("method":"GET","target":"/a?b","protocol":"HTTP/1.1","host":"example.org",)"
                          R"("status":200,"bytes":42,"duration":1.002003,"referer":"http://r/",)"
                          R"("agent":"curl/8","end":"keep-alive","number":7})");
    access_entry forged = whole();
    forged.user_agent = "\",\"status\":500}\n{\"\xff";
    auto text = line("json", forged);
    CHECK(text.find(R"("agent":"\",\"status\":500}\u000a{\"\ufffd","end")") != text.npos);
    CHECK(std::ranges::count(text, '\n') == 0);
}

TEST_CASE("no request forges a line of any format")
{
    access_entry forged = whole();
    forged.user = forged.method = forged.target = forged.protocol = forged.request_line = forged.referer =
        forged.user_agent = forged.host = "a\"\r\n\t\\\xff";
    CHECK(line("{user}{method}{target}{protocol}{request}{referer}{agent}{host}", forged) ==
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)"
          R"(a\x22\x0d\x0a\x09\x5c\xff)");
}

TEST_CASE("a wrong format is refused with the position")
{
    CHECK(wrong("") == "is empty");
    CHECK(wrong("{client} {statsu}") == "has a place that is unknown at byte 10; did you mean {status}?");
    CHECK(wrong("{}").starts_with("has a place that is unknown at byte 1; there are {client} {user}"));
    CHECK(wrong("{client} {status") == "has a { without its } at byte 10; {{ stands for one");
    CHECK(wrong("{client}}") == "has a } without its { at byte 9; }} stands for one");
    CHECK(wrong("{client}\n") == "holds a control character at byte 9");
    CHECK(wrong("{{client}}") == "is neither combined nor json, and has no place such as {client}");
    CHECK(wrong("jsno") == "is neither combined nor json, and has no place such as {client}");
    CHECK(wrong(std::string(access_format::longest, 'x') + "{client}") == "is longer than 4096 bytes");
    std::string places;
    for (std::size_t i = 0; i < access_format::most_places; ++i)
        places += "{end}";
    CHECK(wrong(places) == "");
    CHECK(wrong(places + "{end}") == "has more than 100 places");
}

TEST_CASE("a refused format leaves the one before in force")
{
    access_format format;
    REQUIRE(format.set("{end}") == "");
    REQUIRE(format.set("{nonsense}") != "");
    log_time time;
    std::string out;
    format.append(out, whole(), time, 0);
    CHECK(out == "keep-alive\n");
    REQUIRE(format.set("combined") == "");
    CHECK(format.is_combined());
}
