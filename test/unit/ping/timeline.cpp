#include "pier/ping/timeline.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("first a column for each probe")
{
    timeline t;
    t.answered(0, 100);
    t.lost(10);
    t.answered(20, 300);
    REQUIRE(t.columns().size() == 3);
    CHECK(t.columns()[0].mean() == 100);
    CHECK(t.columns()[1].lost == 1);
    CHECK(t.columns()[1].answered() == 0);
    CHECK(t.columns()[2].began == 20);
}

TEST_CASE("when there is no room neighbours are joined, and nothing is lost")
{
    timeline t;
    constexpr std::int64_t n = 100'000;
    for (std::int64_t i = 0; i < n; ++i)
        i % 4 == 3 ? t.lost(i) : t.answered(i, 1000 + i % 4);
    CHECK(t.columns().size() <= timeline::most_columns);
    CHECK(t.columns().size() > timeline::most_columns / 2 - 1);
    std::uint64_t probes = 0, lost = 0;
    for (const column& c : t.columns()) {
        probes += c.probes;
        lost += c.lost;
        REQUIRE((c.least == 1000 && c.most == 1002 && c.mean() == Approx(1001)));
    }
    CHECK(probes == n);
    CHECK(lost == n / 4);
    CHECK(t.probes_each() == 64);
}
