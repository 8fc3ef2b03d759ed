// What docs/beatd.md promises of detection times and false alarms; its table is printed by
// pier-beat-detection.
#include "simulation.hpp"

#include <catch2/catch.hpp>

using namespace pier::beat;

TEST_CASE("At the default threshold no loss up to 36 % kills a living sender", "[beat][detection]")
{
    for (double loss : {0.0, 0.05, 0.36})
        CHECK(simulation::measure({}, {.loss = loss}, 500, 10).alarms == 0);
}

TEST_CASE("The default threshold notices a death in 5, 8 and 22 intervals at 0, 5 and 36 % loss",
          "[beat][detection]")
{
    auto after = [](double loss) { return simulation::measure({}, {.loss = loss}, 1, 200).median; };
    CHECK(after(0) == Approx(5.0).margin(0.5));
    CHECK(after(0.05) == Approx(7.8).margin(0.8));
    CHECK(after(0.36) == Approx(21.5).margin(2));
}

TEST_CASE("A time-out of three intervals cries wolf where packets are lost", "[beat][detection]")
{
    detector_config fixed;
    fixed.kind = detector_kind::fixed;
    CHECK(simulation::measure(fixed, {.loss = 0}, 100, 10).alarms == 0);
    CHECK(simulation::measure(fixed, {.loss = 0.36}, 10, 10).alarms > 10'000);
}

TEST_CASE("A jittery sender is given the time that it takes", "[beat][detection]")
{
    CHECK(simulation::measure({}, {.jitter = 200'000, .delay = 100'000}, 200, 10).alarms == 0);
}
