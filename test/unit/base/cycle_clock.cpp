#include "pier/base/cycle_clock.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using pier::cycle_clock;

namespace {

/// Does nothing for so long by CLOCK_MONOTONIC, and returns how long exactly.
std::uint64_t pass(std::chrono::nanoseconds time)
{
    using clock = std::chrono::steady_clock;
    auto begin = clock::now();
    while (clock::now() - begin < time) {
    }
    return static_cast<std::uint64_t>((clock::now() - begin).count());
}

} // namespace

TEST_CASE("the cycle clock agrees with the monotonic clock")
{
    cycle_clock clock;
    for (int round = 0; round < 3; ++round) {
        double best = 1; // of several: this thread may lose the processor between the clocks
        for (int attempt = 0; attempt < 20 && best > 0.005; ++attempt) {
            auto begin = clock.now();
            double by_system = static_cast<double>(pass(std::chrono::milliseconds(2)));
            double by_cycles = static_cast<double>(clock.nanoseconds(begin, clock.now()));
            best = std::min(best, std::abs(by_cycles - by_system) / by_system);
        }
        CHECK(best <= 0.005);
        clock.refresh();
    }
}

TEST_CASE("stamps in the wrong order are no time apart")
{
    cycle_clock clock;
    auto now = clock.now();
    CHECK(clock.nanoseconds(now, now) == 0);
    CHECK(clock.nanoseconds(now, now - 1) == 0);
}

TEST_CASE("a day of cycles does not overflow")
{
    cycle_clock clock;
    auto per_second =
        static_cast<std::uint64_t>(1e18 / static_cast<double>(clock.nanoseconds(0, 1'000'000'000)));
    auto day = static_cast<double>(clock.nanoseconds(0, per_second * 86'400));
    CHECK(day == Approx(86'400e9).epsilon(1e-6));
}

TEST_CASE("refreshing at once changes nothing")
{
    cycle_clock clock;
    auto before = clock.nanoseconds(0, 1'000'000'000);
    clock.refresh();
    CHECK(clock.nanoseconds(0, 1'000'000'000) == before);
}
