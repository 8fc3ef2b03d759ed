#include "pier/get/load_turns.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace pier::get;

namespace {

constexpr moment second = 1'000'000'000;

/// When requests are due, as far as take() has them at `now`.
std::vector<moment> due(load_turns& turns, moment now)
{
    std::vector<moment> all;
    while (auto t = turns.take(now))
        all.push_back(t->due);
    return all;
}

} // namespace

TEST_CASE("a closed loop has a turn whenever a connection is free")
{
    load_plan plan;
    plan.begin = plan.measured_from = 100;
    plan.end = 1000;
    load_turns turns(plan, 0, 1);
    CHECK_FALSE(turns.open_loop());
    CHECK(turns.take(100)->due == 100);
    CHECK(turns.take(100)->due == 100);
    CHECK(turns.take(999)->due == 999);
    CHECK_FALSE(turns.finished(999));
    CHECK_FALSE(turns.take(1000)); // the end is not part of it
    CHECK(turns.finished(1000));
    CHECK(turns.untaken(1000) == 0);
}

TEST_CASE("threads of a closed loop share one number of requests, exactly")
{
    load_plan plan;
    plan.requests = 5;
    load_turns one(plan, 0, 2), other(plan, 1, 2);
    for (int i = 0; i < 3; ++i)
        CHECK(one.take(0));
    CHECK(other.take(0));
    CHECK(other.take(0));
    CHECK_FALSE(other.finished(0)); // it has not asked yet
    CHECK_FALSE(other.take(0));
    CHECK(other.finished(0));
    CHECK_FALSE(one.take(0));
}

TEST_CASE("what is sent to warm up is not counted")
{
    load_plan plan;
    plan.begin = 0;
    plan.measured_from = 100;
    plan.requests = 2;
    load_turns turns(plan, 0, 1);
    for (int i = 0; i < 10; ++i)
        CHECK_FALSE(turns.take(99)->measured);
    CHECK(turns.take(100)->measured);
    CHECK(turns.take(101)->measured);
    CHECK_FALSE(turns.take(102));
}

TEST_CASE("an open loop's requests are due at their times, however late they are taken")
{
    load_plan plan;
    plan.begin = plan.measured_from = 0;
    plan.end = second;
    plan.rate = 10;
    load_turns turns(plan, 0, 1);
    CHECK(turns.open_loop());
    CHECK(turns.take(0)->due == 0);
    CHECK_FALSE(turns.take(second / 10 - 1));
    CHECK(turns.next_due() == second / 10);
    // A stall of half a second: all that became due meanwhile are there, none is skipped.
    CHECK(due(turns, second / 2) ==
          std::vector<moment>{second / 10, second / 5, 3 * second / 10, 4 * second / 10, second / 2});
    CHECK(turns.untaken(second / 2) == 0);
    CHECK(turns.untaken(7 * second / 10) == 2);
    CHECK(turns.untaken(second) == 4);
    CHECK(turns.untaken(2 * second) == 4);
    CHECK(turns.finished(second));
    CHECK_FALSE(turns.take(second));
}

TEST_CASE("an open loop of a number of requests has no other end")
{
    load_plan plan;
    plan.rate = 1000;
    plan.requests = 3;
    load_turns turns(plan, 0, 1);
    CHECK(due(turns, 1000 * second) == std::vector<moment>{0, 1'000'000, 2'000'000});
    CHECK(turns.finished(0));
    CHECK(turns.untaken(1000 * second) == 0);
}

TEST_CASE("an open loop's warm-up comes on top of the number of requests")
{
    load_plan plan;
    plan.measured_from = second / 10;
    plan.rate = 100;
    plan.requests = 3;
    load_turns turns(plan, 0, 1);
    std::size_t warm = 0, measured = 0;
    while (auto t = turns.take(second))
        ++(t->measured ? measured : warm);
    CHECK(warm == 10);
    CHECK(measured == 3);
}

TEST_CASE("threads deal an open loop's requests in turn")
{
    load_plan plan;
    plan.begin = plan.measured_from = 5;
    plan.rate = 3; // which does not divide a second
    plan.requests = 8;
    std::vector<moment> dealt(8);
    for (std::uint64_t index = 0; index < 3; ++index) {
        load_turns turns(plan, index, 3);
        auto own = due(turns, 1000 * second);
        CHECK(own.size() == (index < 2 ? 3 : 2));
        for (std::size_t i = 0; i < own.size(); ++i)
            dealt[i * 3 + index] = own[i];
    }
    for (std::size_t i = 0; i < dealt.size(); ++i)
        CHECK(dealt[i] == 5 + static_cast<moment>(i * second / 3));
}

TEST_CASE("a thread may have nothing to do in an open loop")
{
    load_plan plan;
    plan.rate = 1;
    plan.requests = 1;
    load_turns turns(plan, 1, 2);
    CHECK(turns.finished(0));
    CHECK_FALSE(turns.take(100 * second));
    CHECK(turns.untaken(100 * second) == 0);
}
