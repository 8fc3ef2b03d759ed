#include "pier/get/progress.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

TEST_CASE("bytes and times for people")
{
    CHECK(bytes_in_words(0) == "0 B");
    CHECK(bytes_in_words(999) == "999 B");
    CHECK(bytes_in_words(1000) == "0.98 KiB");
    CHECK(bytes_in_words(1536) == "1.50 KiB");
    CHECK(bytes_in_words(10 << 10) == "10.0 KiB");
    CHECK(bytes_in_words(999 << 10) == "999 KiB");
    CHECK(bytes_in_words(1 << 20) == "1.00 MiB");
    CHECK(bytes_in_words(UINT64_MAX) == "16.0 EiB");
    CHECK(clock_text(5) == "0:05");
    CHECK(clock_text(3723) == "1:02:03");
    CHECK(time_in_words(230) == "230 ms");
    CHECK(time_in_words(4240) == "4.2 s");
    CHECK(time_in_words(65'000) == "1:05");
}

TEST_CASE("a speed follows what comes, not at once")
{
    speedometer speed;
    speed.note(0, 1000);
    CHECK(speed.bytes_per_second() == 0);
    speed.note(1000, 2000);
    CHECK(speed.bytes_per_second() == Approx(1000));
    speed.note(1000, 2000); // no time has passed
    CHECK(speed.bytes_per_second() == Approx(1000));
    for (std::int64_t t = 3; t < 30; ++t)
        speed.note(static_cast<std::uint64_t>(t) * 2000, t * 1000);
    CHECK(speed.bytes_per_second() == Approx(2000).epsilon(0.02));
    for (std::int64_t t = 30; t < 60; ++t)
        speed.note(58'000, t * 1000);
    CHECK(speed.bytes_per_second() < 10);
}

TEST_CASE("text is cut between characters")
{
    CHECK(shortened("abc", 3) == "abc");
    CHECK(shortened("abcd", 3) == "ab~");
    CHECK(shortened("\u4f60\u597d\u4e16", 2) == "\u4f60~");
    CHECK(shortened("abc", 0).empty());
    CHECK(width("\u4f60\u597d") == 2);
}

TEST_CASE("a line is as wide as the terminal, and no wider")
{
    progress p{"file.iso", 50 << 20, 100 << 20, 10 << 20, {}};
    CHECK(progress_line(p, 80) ==
          "file.iso     [##############...............]  50%  50.0 MiB  10.0 MiB/s     0:05");
    for (std::size_t columns = 0; columns < 200; ++columns) {
        CHECK(width(progress_line(p, columns)) <= columns);
        progress unknown{"\u4f60\u597d", 12, {}, 0, {}};
        CHECK(width(progress_line(unknown, columns)) <= columns);
    }
    p.size = 0;
    CHECK(progress_line(p, 80).find("100%") != std::string::npos);
    p.size.reset();
    CHECK(progress_line(p, 80).find('%') == std::string::npos);
    p.note = "waits";
    CHECK(progress_line(p, 80).ends_with(" waits"));
}
