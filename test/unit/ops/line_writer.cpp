#include "pier/ops/line_writer.hpp"

#include <catch2/catch.hpp>

using pier::ops::loss_report;
using namespace std::chrono_literals;

TEST_CASE("losses are told when they begin, and when they have ended")
{
    loss_report report;
    loss_report::time_point start{};
    CHECK_FALSE(report.due());
    CHECK(report.ended(start) == 0);
    CHECK(report.lost(3, start));
    CHECK_FALSE(report.lost(4, start + 10ms));
    CHECK_FALSE(report.due()); // nothing could be written since
    CHECK(report.ended(start + 1h) == 0);
    report.written();
    CHECK(report.due() == start + 10ms + loss_report::quiet);
    CHECK(report.ended(start + 900ms) == 0);
    CHECK_FALSE(report.lost(1, start + 950ms)); // the same episode
    report.written();
    CHECK(report.ended(start + 1900ms) == 0);
    CHECK(report.ended(start + 1950ms) == 8);
    CHECK(report.ended(start + 2h) == 0);
    CHECK(report.lost(1, start + 3h));
}
