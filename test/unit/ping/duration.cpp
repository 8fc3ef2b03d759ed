#include "pier/ping/duration.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("times from hours to nanoseconds")
{
    CHECK(parse_time("1s") == 1'000'000'000);
    CHECK(parse_time("0.2") == 200'000'000);
    CHECK(parse_time("50ms") == 50'000'000);
    CHECK(parse_time("1.5ms") == 1'500'000);
    CHECK(parse_time("20us") == 20'000);
    CHECK(parse_time("7ns") == 7);
    CHECK(parse_time("2m") == 120'000'000'000);
    CHECK(parse_time("0.5h") == 1'800'000'000'000);
    CHECK(parse_time("0") == 0);
    for (const char* wrong : {"", "s", "-1s", "+1s", "1 s", "1x", "1.s", ".5s", "0.5ns", "1.2.3s", "1e3",
                              "999999999h", "99999999999999999999s", "1S"})
        CHECK_FALSE(parse_time(wrong));
}

TEST_CASE("times are written as they are read")
{
    for (const char* text : {"1s", "1500ms", "20us", "7ns", "2m", "1h", "90s"})
        CHECK(format_time(*parse_time(text)) == text);
    CHECK(format_time(0) == "0s");
}

TEST_CASE("shares of a hundred")
{
    CHECK(parse_percent("1%") == 100u);
    CHECK(parse_percent("0.5%") == 50u);
    CHECK(parse_percent("100%") == 10'000u);
    CHECK(parse_percent("0.05%") == 5u);
    for (const char* wrong : {"", "%", "1", "101%", "-1%", "0.001%", "1 %", "x%"})
        CHECK_FALSE(parse_percent(wrong));
    CHECK(format_percent(100) == "1%");
    CHECK(format_percent(50) == "0.5%");
    CHECK(format_percent(1205) == "12.05%");
    CHECK(format_percent(0) == "0%");
}
