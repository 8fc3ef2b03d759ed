#include "pier/ping/thresholds.hpp"

#include "played_run.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("thresholds are passed by more than they say")
{
    played_run run;
    run.play({10'000'000, 20'000'000, -1, 60'000'000});
    const statistics& s = run.t.session.figures();
    thresholds t;
    CHECK(t.passed(s).empty());
    t.loss = 2500;
    t.rtt = 60'000'000;
    t.median = 20'000'000;
    t.p99 = 60'000'000;
    t.jitter = 1'000'000'000;
    CHECK(t.passed(s).empty());
    t.loss = 2499;
    t.rtt = t.p99 = 50'000'000;
    t.median = 19'000'000;
    t.jitter = 100'000;
    CHECK(t.passed(s) == std::vector<std::string>{"loss 25% is more than 24.99%",
                                                  "largest rtt 60.000 ms is more than 50ms",
                                                  "median rtt 20.000 ms is more than 19ms",
                                                  "99th percentile of rtt 60.000 ms is more than 50ms",
                                                  "jitter 3.086 ms is more than 100us"});
}

TEST_CASE("without an answer there is only loss to judge")
{
    played_run run;
    run.play({-1});
    thresholds t;
    t.rtt = 1;
    CHECK(t.passed(run.t.session.figures()).empty());
    t.loss = 9999;
    CHECK(t.passed(run.t.session.figures()).size() == 1);
}
