#include "pier/base/frequency_sketch.hpp"

#include <catch2/catch.hpp>

#include <random>

using pier::frequency_sketch;

TEST_CASE("a sketch tells what was counted often from what was not")
{
    frequency_sketch sketch(1000);
    std::mt19937_64 random(1);
    std::uint64_t often = random(), seldom = random(), never = random();
    CHECK(sketch.estimate(often) == 0); // before anything was counted
    for (int i = 0; i < 10; ++i)
        sketch.count(often);
    sketch.count(seldom);
    CHECK(sketch.estimate(often) == 10);
    CHECK(sketch.estimate(seldom) == 1);
    CHECK(sketch.estimate(never) == 0);
}

TEST_CASE("a sketch never says less than was counted, and with as many things as it is for rarely more")
{
    frequency_sketch sketch(1000);
    std::mt19937_64 random(2);
    std::vector<std::uint64_t> things(1000);
    for (auto& thing : things)
        thing = random();
    for (int round = 0; round < 3; ++round)
        for (auto thing : things)
            sketch.count(thing);
    int wrong = 0;
    for (auto thing : things) {
        CHECK(sketch.estimate(thing) >= 3);
        wrong += sketch.estimate(thing) > 3;
    }
    CHECK(wrong < 200);
}

TEST_CASE("a sketch has a highest count and forgets by halves")
{
    frequency_sketch sketch(16);
    std::mt19937_64 random(3);
    std::uint64_t old = random();
    for (int i = 0; i < 100; ++i)
        sketch.count(old);
    CHECK(sketch.estimate(old) == frequency_sketch::most);
    std::uint64_t other = random();
    for (int i = 0; i < 400; ++i)
        sketch.count(other);
    CHECK(sketch.estimate(old) <= frequency_sketch::most / 4);
    CHECK(sketch.estimate(other) > frequency_sketch::most / 2);
}
