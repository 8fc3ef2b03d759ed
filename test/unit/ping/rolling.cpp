#include "pier/ping/rolling.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("the window forgets what is older than it")
{
    constexpr std::int64_t second = 1'000'000'000;
    rolling w(20 * second);
    for (std::int64_t t = 0; t < 40; ++t) {
        w.settled(t * second, t < 30);
        if (t >= 30)
            w.answered(t * second, 1'000'000);
    }
    auto f = w.within(39 * second);
    CHECK(f.settled == 20);
    CHECK(f.lost == 10);
    CHECK(f.loss() == Approx(0.5));
    CHECK(f.rtt.count() == 10);
    CHECK(f.rtt.mean() == 1'000'000);
    CHECK(w.within(49 * second).lost == 0);
    CHECK(w.within(500 * second).settled == 0);
    CHECK(w.within(500 * second).loss() == 0);
}
