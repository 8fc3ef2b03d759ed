#include "pier/ping/loss.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("losses in a row are a run; an outage lasts until the next answered probe")
{
    loss_runs r;
    std::int64_t at = 0;
    for (bool lost : {false, true, false, true, true, true, false})
        r.record(lost, 10 * at++);
    CHECK(r.runs() == 2);
    CHECK(r.longest() == 3);
    CHECK(r.longest_outage() == 30);
    CHECK(r.outage() == 40);
    SECTION("one that has not ended counts as far as is known")
    {
        for (int i = 0; i < 5; ++i)
            r.record(true, 10 * at++);
        CHECK(r.runs() == 3);
        CHECK(r.longest() == 5);
        CHECK(r.open() == 5);
        CHECK(r.longest_outage() == 40);
        CHECK(r.outage() == 80);
    }
}

TEST_CASE("a stateful reflector's numbers tell the direction of loss (RFC 8762 4)")
{
    directions d;
    d.record(0, 0);
    d.record(1, 1);
    CHECK_FALSE(d.stateful()); // not to be told yet
    d.record(3, 2);            // 2 never got there
    CHECK(d.stateful());
    d.record(6, 5); // 4 and 5 were lost on the way back
    d.record(9, 7); // of 7 and 8, one each
    CHECK(d.lost_there() == 2);
    CHECK(d.lost_back() == 3);
}

TEST_CASE("what the first answer misses was lost before it")
{
    directions d(true);
    d.record(5, 3);
    CHECK(d.lost_there() == 2);
    CHECK(d.lost_back() == 3);
}

TEST_CASE("answers that were overtaken had not been lost")
{
    SECTION("on the way back")
    {
        directions d(true);
        for (auto [s, r] : {std::pair{0, 0}, {2, 2}, {1, 1}, {3, 3}})
            d.record(static_cast<std::uint64_t>(s), static_cast<std::uint32_t>(r));
        CHECK(d.lost_there() + d.lost_back() == 0);
    }
    SECTION("on the way there")
    {
        directions d(true);
        for (auto [s, r] : {std::pair{0, 0}, {2, 1}, {1, 2}, {3, 3}})
            d.record(static_cast<std::uint64_t>(s), static_cast<std::uint32_t>(r));
        CHECK(d.lost_there() + d.lost_back() == 0);
    }
}

TEST_CASE("a reflector that starts anew, or knew us before, puts nothing into the sums")
{
    directions d(true);
    d.record(0, 500);
    CHECK(d.lost_there() + d.lost_back() == 0);
    d.record(1, 501);
    d.record(5, 0); // restarted
    d.record(6, 1);
    CHECK(d.lost_there() + d.lost_back() == 0);
    d.record(8, 2);
    CHECK(d.lost_there() == 1);
}

TEST_CASE("the reflector's number goes round")
{
    directions d(true);
    d.record(0xffff'ffff, 0xffff'ffff);
    auto before = d.lost_back();
    d.record(0x1'0000'0001, 1);
    CHECK(d.lost_back() == before + 1);
}
