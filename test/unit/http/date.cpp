#include "pier/http/date.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <ctime>
#include <limits>
#include <string>

using namespace pier;

namespace {

constexpr std::int64_t example = 784111777; // RFC 9110's own: Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::int64_t now = 1763719200;    // 2025-11-21 10:00:00

std::string format(std::int64_t time)
{
    std::array<char, http::date_size> text{};
    http::format_date(time, text);
    return {text.data(), text.size()};
}

std::optional<std::int64_t> parse(std::string_view text)
{
    return http::parse_date(text, now);
}

} // namespace

TEST_CASE("dates are written as IMF-fixdate")
{
    CHECK(format(example) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(format(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(format(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    CHECK(format(951827696) == "Tue, 29 Feb 2000 12:34:56 GMT");
    CHECK(format(4294967296) == "Sun, 07 Feb 2106 06:28:16 GMT");
}

TEST_CASE("dates beyond four-digit years are moved inside")
{
    CHECK(format(std::numeric_limits<std::int64_t>::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
    CHECK(format(std::numeric_limits<std::int64_t>::min()) == "Sat, 01 Jan 0000 00:00:00 GMT");
}

TEST_CASE("dates agree with the C library's")
{
    for (std::int64_t time = -2'000'000'000; time < 8'000'000'000; time += 7'654'321) {
        std::time_t seconds = time;
        std::tm broken_down{};
        gmtime_r(&seconds, &broken_down);
        char expected[64];
        std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &broken_down);
        CHECK(format(time) == expected);
        CHECK(parse(expected) == time);
        std::strftime(expected, sizeof expected, "%a %b %e %H:%M:%S %Y", &broken_down);
        CHECK(parse(expected) == time);
    }
}

TEST_CASE("the three forms of RFC 9110 are read")
{
    CHECK(parse("Sun, 06 Nov 1994 08:49:37 GMT") == example);
    CHECK(parse("Sunday, 06-Nov-94 08:49:37 GMT") == example);
    CHECK(parse("Sun Nov  6 08:49:37 1994") == example);
    CHECK(parse("Wed Nov 16 08:49:37 1994") == example + 10 * 86400);
}

TEST_CASE("a day's wrong name is forgiven, a leap second runs on")
{
    CHECK(parse("Mon, 06 Nov 1994 08:49:37 GMT") == example);
    CHECK(parse("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
}

TEST_CASE("a two-digit year is at most fifty years ahead")
{
    CHECK(parse("Friday, 21-Nov-75 10:00:00 GMT") == parse("Thu, 21 Nov 2075 10:00:00 GMT"));
    CHECK(parse("Friday, 21-Nov-75 10:00:01 GMT") == parse("Fri, 21 Nov 1975 10:00:01 GMT"));
    CHECK(parse("Friday, 31-Dec-75 00:00:00 GMT") == parse("Fri, 31 Dec 1975 00:00:00 GMT"));
    CHECK(parse("Friday, 01-Jan-76 00:00:00 GMT") == parse("Fri, 01 Jan 1976 00:00:00 GMT"));
    CHECK(parse("Friday, 01-Jan-75 00:00:00 GMT") == parse("Fri, 01 Jan 2075 00:00:00 GMT"));
    CHECK(parse("Friday, 01-Jan-26 00:00:00 GMT") == parse("Fri, 01 Jan 2026 00:00:00 GMT"));
    CHECK(parse("Friday, 01-Jan-00 00:00:00 GMT") == parse("Fri, 01 Jan 2000 00:00:00 GMT"));
    // seen from 1999
    CHECK(http::parse_date("Friday, 01-Jan-00 00:00:00 GMT", 935000000) ==
          parse("Sat, 01 Jan 2000 00:00:00 GMT"));
    CHECK(http::parse_date("Friday, 01-Jan-50 00:00:00 GMT", 935000000) ==
          parse("Sun, 01 Jan 1950 00:00:00 GMT"));
    // seen from a 29 February, which 2074 has not
    CHECK(http::parse_date("Friday, 01-Jan-74 00:00:00 GMT", 1709164800) ==
          parse("Mon, 01 Jan 2074 00:00:00 GMT"));
}

TEST_CASE("what is not an HTTP-date")
{
    for (auto bad : {
             "",
             "0",
             "Sun",
             "Sun,",
             "now or never",
             "Sun, 06 Nov 1994 08:49:37",
             "Sun, 06 Nov 1994 08:49:37 UTC",
             "Sun, 06 Nov 1994 08:49:37 GMT ",
             " Sun, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37 gmt",
             "sun, 06 Nov 1994 08:49:37 GMT",
             "Xyz, 06 Nov 1994 08:49:37 GMT",
             "unM, 06 Nov 1994 08:49:37 GMT",
             "Sun, 06 anF 1994 08:49:37 GMT",
             "Sun, 6 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 94 08:49:37 GMT",
             "Sun, 06 Nov 1994 8:49:37 GMT",
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sun, 06 Nov 1994 08:60:00 GMT",
             "Sun, 06 Nov 1994 08:49:61 GMT",
             "Sun, 00 Nov 1994 08:49:37 GMT",
             "Sun, 31 Nov 1994 08:49:37 GMT",
             "Mon, 29 Feb 1999 08:49:37 GMT",
             "Sun, -6 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 +8:49:37 GMT",
             "Sun, 06-Nov-94 08:49:37 GMT",
             "Sunday, 06 Nov 1994 08:49:37 GMT",
             "Sunday, 06-Nov-1994 08:49:37 GMT",
             "Sun Nov 6 08:49:37 1994",
             "Sun Nov  6 08:49:37 1994 GMT",
             "Sun Nov  6 08:49:37 94",
         }) {
        CAPTURE(bad);
        CHECK_FALSE(parse(bad));
    }
}

TEST_CASE("no beginning of a date is a date")
{
    for (std::string_view text :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
        for (std::size_t size = 0; size < text.size(); ++size)
            CHECK_FALSE(parse(text.substr(0, size)));
}
