#include "pier/net/tls_tickets.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace pier::net;
using std::chrono::seconds;

namespace {

constexpr seconds turn{100};

std::optional<tls_ticket_keys::found> find(tls_ticket_keys& in, const tls_ticket_key& like, seconds now)
{
    unsigned char name[16];
    std::memcpy(name, like.name.data(), sizeof name);
    return in.find(name, now);
}

} // namespace

TEST_CASE("a ticket's key seals for a while, and opens for as long again")
{
    tls_ticket_keys keys(turn);
    auto first = keys.current(seconds(1000)).value();
    CHECK(keys.current(seconds(1099)).value().name == first.name);
    CHECK(find(keys, first, seconds(1099)).value().is_current);

    auto second = keys.current(seconds(1100)).value();
    CHECK(second.name != first.name);
    CHECK(second.aes != first.aes);
    CHECK(second.mac != first.mac);
    auto old = find(keys, first, seconds(1199));
    REQUIRE(old);
    CHECK_FALSE(old->is_current);
    CHECK(old->key.aes == first.aes);

    CHECK_FALSE(find(keys, first, seconds(1200)));
    CHECK(find(keys, second, seconds(1200)));
}

TEST_CASE("nothing that is too old opens, though nobody has come for long")
{
    tls_ticket_keys keys(turn);
    auto first = keys.current(seconds(0)).value();
    SECTION("one turn: it still does")
    {
        CHECK_FALSE(find(keys, first, seconds(150)).value().is_current);
    }
    SECTION("two turns: it does not")
    {
        CHECK_FALSE(find(keys, first, seconds(200)));
        CHECK_FALSE(find(keys, first, seconds(201)));
    }
}

TEST_CASE("a ticket that is none of ours is opened by no key")
{
    tls_ticket_keys keys(turn), others(turn);
    CHECK_FALSE(find(keys, tls_ticket_key{}, seconds(5)));
    auto other = others.current(seconds(5)).value();
    keys.current(seconds(5));
    CHECK_FALSE(find(keys, other, seconds(5)));
}
