#include "pier/net/coarse_clock.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using namespace pier::net;

TEST_CASE("a coarse clock is behind the kernel's by no more than it says")
{
    coarse_clock clock;
    int moved = 0, wrong = 0;
    ticks before = clock.now();
    for (ticks end = coarse_clock::read() + 100; coarse_clock::read() < end;) {
        ticks kernel = coarse_clock::read();
        ticks ours = clock.now();
        bool behind = ours < kernel - 8; // two turns of the kernel's clock: one may pass between the looks
        wrong += ours < before || behind || ours > coarse_clock::read();
        moved += ours != before;
        before = ours;
    }
    CHECK(wrong == 0);
    CHECK(moved > 5);
    CHECK(std::abs(clock.unix_time() - std::time(nullptr)) <= 1);
}
