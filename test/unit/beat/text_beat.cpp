#include "pier/beat/text_beat.hpp"

#include <catch2/catch.hpp>

using namespace pier::beat;

TEST_CASE("The coursework's beat, as Python prints it", "[beat]")
{
    auto beat = read_text_beat("7 1700000000.1234567");
    REQUIRE(beat);
    CHECK(beat->sequence == 7);
    CHECK(beat->sent == 1'700'000'000'123'456'700);
    CHECK(beat->boot == 0);
    CHECK(beat->interval.count() == 0);
    CHECK(read_text_beat("0 1700000000")->sent == 1'700'000'000'000'000'000);
    CHECK(read_text_beat("12  1700000000.5 \r\n")->sent == 1'700'000'000'500'000'000);
    CHECK(read_text_beat("1 1.1234567891234")->sent == 1'123'456'789); // finer than a nanosecond
}

TEST_CASE("What is no text beat is none", "[beat]")
{
    for (const char* wrong : {"", " ", "1", "1 ", "1  ", " 1 2", "-1 2", "1 -2", "1 2.", "1 .5", "1 2.x",
                              "1 2 3", "a b", "1 1e9", "1 9000000001", "18446744073709551616 1", "PING 1 2"})
        CHECK_FALSE(read_text_beat(wrong));
    CHECK_FALSE(read_text_beat("1 2" + std::string(64, ' ')));
}

TEST_CASE("A text beat that is written can be read", "[beat]")
{
    heartbeat beat{.sequence = 3, .sent = 1'700'000'000'000'042'999};
    CHECK(write_text_beat(beat) == "3 1700000000.000042");
    CHECK(read_text_beat(write_text_beat(beat))->sent == 1'700'000'000'000'042'000);
}
