#include "pier/base/units.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace pier;
using namespace std::chrono_literals;

TEST_CASE("durations in every unit")
{
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("10s") == 10s);
    CHECK(parse_duration("2m") == 2min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("7d") == 168h);
    CHECK(parse_duration("10") == 10s);
    CHECK(parse_duration("0s") == 0ms);
    CHECK(parse_duration("10S") == 10s);
}

TEST_CASE("durations with a fraction, to the millisecond")
{
    CHECK(parse_duration("1.5s") == 1500ms);
    CHECK(parse_duration("0.25") == 250ms);
    CHECK(parse_duration("1.001s") == 1001ms);
    CHECK(parse_duration("1.0010s") == 1001ms);
    CHECK(parse_duration("0.5m") == 30s);
    CHECK(parse_duration("1.1h") == 66min);
    CHECK(parse_duration("2.0ms") == 2ms);
    for (auto bad : {"1.0001s", "0.5ms", "1.s", ".5s", "1.5.5s", "1.0000000000s"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad));
    }
}

TEST_CASE("what is not a duration")
{
    for (auto bad : {"", "s", "ms", "-1s", "+1s", "1 s", " 1s", "1s ", "1w", "1sm", "1h30m", "1e3", "0x10"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad));
    }
}

TEST_CASE("durations do not overflow")
{
    CHECK(parse_duration("9223372036854775807ms")->count() == std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(parse_duration("9223372036854775808ms"));
    CHECK(parse_duration("9223372036854775.807s")->count() == std::numeric_limits<std::int64_t>::max());
    CHECK_FALSE(parse_duration("9223372036854775.808s"));
    CHECK_FALSE(parse_duration("18446744073709551615d"));
    CHECK_FALSE(parse_duration("99999999999999999999s"));
}

TEST_CASE("sizes in powers of 1024")
{
    CHECK(parse_size("0") == 0u);
    CHECK(parse_size("512") == 512u);
    CHECK(parse_size("64k") == 65536u);
    CHECK(parse_size("64K") == 65536u);
    CHECK(parse_size("2M") == 2097152u);
    CHECK(parse_size("1G") == 1073741824u);
    CHECK(parse_size("3T") == 3298534883328u);
    for (auto bad : {"", "k", "-1", "+1", "1 k", "1kb", "1.5M", "1P", "0x10"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_size(bad));
    }
    CHECK(parse_size("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK(parse_size("16777215T") == 16777215ull << 40);
    CHECK_FALSE(parse_size("16777216T"));
}

TEST_CASE("both are printed in the largest whole unit")
{
    CHECK(format_duration(0ms) == "0s");
    CHECK(format_duration(1500ms) == "1500ms");
    CHECK(format_duration(90s) == "90s");
    CHECK(format_duration(2min) == "2m");
    CHECK(format_duration(48h) == "2d");
    CHECK(format_size(0) == "0");
    CHECK(format_size(1000) == "1000");
    CHECK(format_size(65536) == "64k");
    CHECK(format_size(1ull << 40) == "1T");
}

TEST_CASE("what is printed reads back as the same")
{
    for (std::int64_t value = 0; value < 200'000'000; value = value * 3 / 2 + 1) {
        std::chrono::milliseconds duration(value);
        CHECK(parse_duration(format_duration(duration)) == duration);
    }
    for (std::uint64_t value = 0; value < 1ull << 60; value = value * 2 + 512) {
        CHECK(parse_size(format_size(value)) == value);
        CHECK(parse_size(format_size(value + 1)) == value + 1);
    }
    CHECK(parse_duration(format_duration(std::chrono::milliseconds::max())) ==
          std::chrono::milliseconds::max());
    CHECK(parse_size(format_size(~0ull)) == ~0ull);
}

TEST_CASE("milliseconds for people are rounded to the microsecond")
{
    CHECK(format_ms(41'000) == "0.041");
    CHECK(format_ms(41'499) == "0.041");
    CHECK(format_ms(41'500) == "0.042");
    CHECK(format_ms(1'234'567'890) == "1234.568");
    CHECK(format_ms(-70'100) == "-0.070");
    CHECK(format_ms(0) == "0.000");
}
