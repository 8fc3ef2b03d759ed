#include "pier/get/range_rules.hpp"

#include "answer.hpp"

using namespace pier::get;
using kind = range_verdict::kind;

namespace {

const range_request rest{100, {}, "\"tag\"", 1000};
const range_request middle{100, 199, "\"tag\"", 1000};

kind judged(const range_request& asked, const std::string& lines, std::optional<std::uint64_t> length = {})
{
    return judge(asked, answer(206, lines), length).what;
}

} // namespace

TEST_CASE("what makes sure that two parts are of the same bytes")
{
    auto of = [](const std::string& lines) { return strong_validator(answer(200, lines), 0); };
    CHECK(of("ETag: \"a\"\r\n") == "\"a\"");
    CHECK(of("ETag: W/\"a\"\r\n").empty());
    CHECK(of("ETag: a\r\n").empty());
    CHECK(of("").empty());
    std::string modified = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    CHECK(of(modified).empty());
    CHECK(of(modified + "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n").empty());
    CHECK(of(modified + "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n") == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(of("ETag: W/\"a\"\r\n" + modified + "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n").empty());
}

TEST_CASE("a range as it is asked for")
{
    CHECK(rest.field() == "bytes=100-");
    CHECK(middle.field() == "bytes=100-199");
}

TEST_CASE("the part that was asked for")
{
    auto got = judge(rest, answer(206, "ETag: \"tag\"\r\nContent-Range: bytes 100-999/1000\r\n"), 900);
    CHECK(got.what == kind::part);
    CHECK(got.end == 1000);
    CHECK(got.size == 1000u);
    CHECK(judged(middle, "ETag: \"tag\"\r\nContent-Range: bytes 100-199/1000\r\n", 100) == kind::part);
    CHECK(judged(middle, "ETag: \"tag\"\r\nContent-Range: bytes 100-149/1000\r\n") ==
          kind::part); // a beginning
    CHECK(judge(middle, answer(206, "ETag: \"tag\"\r\nContent-Range: bytes 100-199/*\r\n"), {}).size ==
          1000u);
}

TEST_CASE("servers that lie about ranges")
{
    std::string tag = "ETag: \"tag\"\r\n";
    for (const char* bad :
         {"", "Content-Range: bytes 0-199/1000\r\n", "Content-Range: bytes 101-199/1000\r\n",
          "Content-Range: bytes 100-200/1000\r\n", "Content-Range: bytes 100-199/999\r\n",
          "Content-Range: bytes 100-199/150\r\n", "Content-Range: bytes */1000\r\n",
          "Content-Range: bytes 100-199/1000\r\nContent-Range: bytes 100-199/1000\r\n",
          "Content-Type: multipart/byteranges; boundary=x\r\n"})
        CHECK(judged(middle, tag + bad) == kind::broken);
    CHECK(judged(middle, tag + "Content-Range: bytes 100-199/1000\r\n", 99) == kind::broken);
    CHECK(judge({}, answer(206, "Content-Range: bytes 0-9/10\r\n"), 10).what == kind::broken);
    CHECK(judge(middle, answer(206), {}).why == "answers 206 without a valid Content-Range");
}

TEST_CASE("another version of the file")
{
    std::string range = "Content-Range: bytes 100-199/1000\r\n";
    CHECK(judged(middle, "ETag: \"other\"\r\n" + range) == kind::changed);
    CHECK(judged(middle, "ETag: W/\"tag\"\r\n" + range) == kind::changed);
    CHECK(judged(middle, range) == kind::changed);
    CHECK(judged(middle, "ETag: \"other\"\r\nContent-Range: bytes 100-199/2000\r\n") == kind::changed);
    range_request dated = middle;
    dated.validator = "Sun, 06 Nov 1994 08:49:37 GMT";
    CHECK(judged(dated, range) == kind::part);
    CHECK(judged(dated, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n" + range) == kind::part);
    CHECK(judged(dated, "Last-Modified: Sun, 06 Nov 1994 08:49:38 GMT\r\n" + range) == kind::changed);
}

TEST_CASE("a server that sends all of it")
{
    auto got = judge(rest, answer(200), 5000);
    CHECK(got.what == kind::whole);
    CHECK(got.size == 5000u);
    CHECK(judge({}, answer(200), {}).what == kind::whole);
}

TEST_CASE("a range that nothing is in")
{
    range_request all{1000, {}, "\"tag\"", 1000};
    CHECK(judge(all, answer(416, "Content-Range: bytes */1000\r\n"), {}).what == kind::complete);
    CHECK(judge(all, answer(416, "Content-Range: bytes */900\r\n"), {}).what == kind::changed);
    CHECK(judge(all, answer(416), {}).what == kind::changed);
    CHECK(judge(rest, answer(416, "Content-Range: bytes */1000\r\n"), {}).what == kind::changed);
    CHECK(judge({}, answer(416), {}).what == kind::other);
    CHECK(judge(rest, answer(503), {}).what == kind::other);
}

TEST_CASE("whether ranges can be asked for")
{
    CHECK(takes_ranges(answer(200, "Accept-Ranges: bytes\r\n")));
    CHECK_FALSE(takes_ranges(answer(200, "Accept-Ranges: none\r\n")));
    CHECK_FALSE(takes_ranges(answer(200)));
}
