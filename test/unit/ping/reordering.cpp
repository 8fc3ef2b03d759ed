#include "pier/ping/reordering.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("an answer is reordered when a later probe's came before (RFC 4737)")
{
    reordering r;
    CHECK_FALSE(r.record(0));
    CHECK_FALSE(r.record(2)); // 1 may be lost
    CHECK(r.record(1));
    CHECK_FALSE(r.record(3));
    CHECK(r.count() == 1);
    CHECK(r.extent() == 1);
}

TEST_CASE("the extent is how many it would have had to overtake")
{
    reordering r;
    for (std::uint64_t s : {0u, 4u, 5u, 6u, 1u, 2u, 3u})
        r.record(s);
    CHECK(r.count() == 3);
    CHECK(r.extent() == 5); // of 3: back to 4
}

TEST_CASE("the memory is bounded")
{
    reordering r;
    for (std::uint64_t s = 1; s < 10'000; ++s)
        r.record(s);
    CHECK(r.record(0));
    CHECK(r.extent() == 255);
}
