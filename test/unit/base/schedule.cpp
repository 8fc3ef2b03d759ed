#include "pier/base/schedule.hpp"

#include <catch2/catch.hpp>

using namespace pier;

TEST_CASE("probes are due at start + n * period, however late the ones before were")
{
    schedule s(1000, period::every(100), 5);
    CHECK_FALSE(s.take(999));
    CHECK(s.take(1000) == 1000);
    CHECK_FALSE(s.take(1099));
    CHECK(s.take(1175) == 1100); // late by 75
    CHECK(s.next_due() == 1200); // which moves nothing
    SECTION("after a pause all that became due meanwhile are sent, with the times they were due at")
    {
        CHECK(s.take(9000) == 1200);
        CHECK(s.take(9000) == 1300);
        CHECK_FALSE(s.finished());
        CHECK(s.take(9000) == 1400);
        CHECK(s.finished());
        CHECK_FALSE(s.take(9000));
    }
}

TEST_CASE("a rate that does not come out even does not drift")
{
    period third = period::rate(3);
    CHECK(third.times(1) == 333'333'333);
    CHECK(third.times(3) == 1'000'000'000);
    CHECK(third.times(3'000'000'000) == 1'000'000'000'000'000'000);
    CHECK(period::rate(1'000'000).times(1'000'000'000'001) == 1'000'000'000'001'000);
}

TEST_CASE("how many begin within a time")
{
    CHECK(period::every(1'000'000'000).within(10'000'000'000) == 10);
    CHECK(period::every(1'000'000'000).within(9'500'000'000) == 10);
    CHECK(period::every(1'000'000'000).within(1) == 1);
    CHECK(period::rate(50'000).within(2'000'000'000) == 100'000);
    CHECK(period::rate(3).within(1'000'000'001) == 4);
    CHECK(period::rate(1'000'000).within(std::int64_t{366} * 24 * 3600 * 1'000'000'000) ==
          31'622'400'000'000u);
}

TEST_CASE("a schedule without end")
{
    schedule s(0, period::every(1), 0);
    for (int i = 0; i < 1000; ++i)
        REQUIRE(s.take(1'000'000) == i);
    CHECK_FALSE(s.finished());
}
