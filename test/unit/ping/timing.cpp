#include "pier/ping/timing.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

namespace {

constexpr std::int64_t wall = 1'700'000'000'000'000'000;

/// Due at 1000, sent 500 later; the call returned 90 us after that.
struct case_of {
    probe sent;
    answer came;

    case_of()
    {
        sent.due = 1000;
        sent.sent = {1500, wall};
        came.received = {91'500, wall + 90'000};
    }
};

} // namespace

TEST_CASE("without the kernel's stamps the program's own count")
{
    case_of c;
    timing t = measure(c.sent, c.came);
    CHECK(t.rtt == 90'000);
    CHECK(t.call == 90'000);
    CHECK(t.from_due == 90'500);
    CHECK_FALSE(t.kernel_sent);
    CHECK_FALSE(t.kernel_received);
    CHECK_FALSE(t.processing);
    CHECK_FALSE(t.there);
}

TEST_CASE("the kernel's stamps leave out what this machine took")
{
    case_of c;
    c.sent.kernel_sent = wall + 5'000;
    c.came.kernel_received = wall + 45'000;
    timing t = measure(c.sent, c.came);
    CHECK(t.rtt == 40'000);
    CHECK(t.call == 90'000);
    CHECK((t.kernel_sent && t.kernel_received));
    SECTION("one of them helps as well")
    {
        c.sent.kernel_sent = 0;
        CHECK(measure(c.sent, c.came).rtt == 45'000);
    }
}

TEST_CASE("the reflector's own time is taken off, and one-way delays are differences of its clock and ours")
{
    case_of c;
    c.came.reflected.emplace();
    c.came.reflected->received = wall - 7'000'000 + 20'000; // its clock is 7 ms behind
    c.came.reflected->sent = wall - 7'000'000 + 50'000;
    timing t = measure(c.sent, c.came);
    CHECK(t.processing == 30'000);
    CHECK(t.rtt == 60'000);
    CHECK(t.there == 20'000 - 7'000'000);
    CHECK(t.back == 40'000 + 7'000'000);
    SECTION("unless it cannot be true")
    {
        c.came.reflected->sent = c.came.reflected->received + 100'000;
        CHECK_FALSE(measure(c.sent, c.came).processing);
        CHECK(measure(c.sent, c.came).rtt == 90'000);
        c.came.reflected->sent = c.came.reflected->received - 1;
        CHECK_FALSE(measure(c.sent, c.came).processing);
    }
}

TEST_CASE("when the clock is set meanwhile, the monotonic one counts")
{
    case_of c;
    c.came.reflected.emplace();
    for (std::int64_t step : {std::int64_t{3'600'000'000'000}, std::int64_t{-10'000'000}}) {
        c.came.received.wall = wall + 90'000 + step;
        c.came.kernel_received = wall + 80'000 + step;
        timing t = measure(c.sent, c.came);
        CHECK(t.clock_stepped);
        CHECK(t.rtt == 90'000);
        CHECK_FALSE(t.there);
        CHECK_FALSE(t.back);
    }
}

TEST_CASE("slewing the clock is no step")
{
    case_of c;
    c.came.received = {1500 + 1'000'000'000, wall + 1'000'500'000};
    CHECK_FALSE(measure(c.sent, c.came).clock_stepped);
}

TEST_CASE("a stamp from before the probe was sent is not believed")
{
    case_of c;
    c.came.kernel_received = wall - 1;
    CHECK(measure(c.sent, c.came).rtt == 90'000);
}
