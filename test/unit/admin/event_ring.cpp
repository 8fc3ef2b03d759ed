#include "pier/admin/event_ring.hpp"

#include <catch2/catch.hpp>

using namespace pier::admin;

namespace {

event_ring::event text(std::uint64_t n)
{
    return std::make_shared<const std::string>(std::to_string(n));
}

} // namespace

TEST_CASE("a reader gets each event once, from where it began")
{
    event_ring ring;
    ring.push(text(0));
    auto reader = ring.next();
    CHECK_FALSE(ring.take(reader).what);
    ring.push(text(1));
    ring.push(text(2));
    auto first = ring.take(reader);
    CHECK((*first.what == "1" && first.lost == 0));
    CHECK(*ring.take(reader).what == "2");
    CHECK_FALSE(ring.take(reader).what);
}

TEST_CASE("a slow reader loses the oldest and is told how many, at any distance")
{
    event_ring ring;
    std::uint64_t reader = ring.next();
    for (std::uint64_t n = 0; n < event_ring::kept; ++n)
        ring.push(text(n));
    auto copy = reader;
    CHECK(ring.take(copy).lost == 0);
    ring.push(text(event_ring::kept));
    auto late = ring.take(reader);
    CHECK((late.lost == 1 && *late.what == "1"));
    for (std::uint64_t n = event_ring::kept + 1; n < 1000; ++n)
        ring.push(text(n));
    late = ring.take(reader);
    CHECK(late.lost == 1000 - event_ring::kept - 2);
    CHECK(*late.what == std::to_string(1000 - event_ring::kept));
    for (std::size_t n = 1; n < event_ring::kept; ++n)
        CHECK(ring.take(reader).lost == 0);
    CHECK_FALSE(ring.take(reader).what);
}

TEST_CASE("an event is kept once and goes when it is too old")
{
    event_ring ring;
    auto e = text(7);
    std::weak_ptr<const std::string> seen = e;
    ring.push(std::move(e));
    for (std::uint64_t n = 0; n + 1 < event_ring::kept; ++n)
        ring.push(text(n));
    CHECK_FALSE(seen.expired());
    ring.push(text(0));
    CHECK(seen.expired());
}
