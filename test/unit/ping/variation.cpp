#include "pier/ping/variation.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("interarrival jitter moves a sixteenth of the way to each change (RFC 3550 6.4.1)")
{
    variation v;
    v.record(0, 1000);
    CHECK(v.jitter() == 0);
    v.record(1, 1160);
    CHECK(v.jitter() == Approx(10));
    v.record(2, 1000);
    CHECK(v.jitter() == Approx(10 + (160 - 10) / 16.0));
    SECTION("what is added to all delays changes nothing")
    {
        variation w;
        for (auto [n, delay] : {std::pair{0, 1000}, {1, 1160}, {2, 1000}})
            w.record(static_cast<std::uint64_t>(n), delay - 5'000'000'000);
        CHECK(w.jitter() == v.jitter());
    }
}

TEST_CASE("delay variation is of neighbours by number (RFC 3393)")
{
    variation v;
    v.record(0, 100);
    v.record(1, 130);
    v.record(3, 500); // 2 is lost: no neighbour
    v.record(4, 480);
    CHECK(v.ipdv().count() == 2);
    CHECK(v.ipdv().max() == 30);
    CHECK(v.ipdv().min() == -20);
}

TEST_CASE("delay variation above the least (RFC 5481)")
{
    variation v;
    for (std::uint64_t i = 0; i < 100; ++i)
        v.record(i, 1000 + static_cast<std::int64_t>(i));
    CHECK(v.pdv(0.99) == 98);
    CHECK(v.pdv(1) == 99);
}
