#include "pier/ping/session_table.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::ping;
using namespace std::chrono_literals;

namespace {

net::peer_address source(const char* ip, std::uint16_t port)
{
    return net::peer_address::from(*ip_address::parse(ip), port);
}

} // namespace

TEST_CASE("sessions: each counts for itself, by address, port and SSID")
{
    budget room(100);
    session_table table(room, 10s);
    struct {
        const char* ip;
        std::uint16_t port, ssid;
    } sessions[] = {{"192.0.2.1", 2000, 0}, {"192.0.2.1", 2000, 1},     {"192.0.2.1", 2001, 0},
                    {"192.0.2.2", 2000, 0}, {"2001:db8::1", 2000, 256}, {"2001:db8::2", 2000, 256}};
    for (std::uint32_t round = 0; round < 5; ++round)
        for (const auto& s : sessions)
            CHECK(table.next(source(s.ip, s.port), s.ssid, 0) == round);
    CHECK(table.size() == std::size(sessions));
}

TEST_CASE("sessions: as many as there may be; those under way stay")
{
    budget room(3);
    session_table table(room, 10s);
    for (std::uint16_t ssid = 0; ssid < 3; ++ssid)
        CHECK(table.next(source("192.0.2.1", 2000), ssid, 0) == 0u);
    CHECK_FALSE(table.next(source("192.0.2.1", 2000), 3, 0));
    CHECK(table.next(source("192.0.2.1", 2000), 0, 9'999) == 1u);
    // the others have been idle for long enough to make room
    CHECK(table.next(source("192.0.2.1", 2000), 3, 10'000) == 0u);
    CHECK(table.next(source("192.0.2.1", 2000), 0, 10'001) == 2u);
    CHECK(table.size() == 2);
    {
        session_table other(room, 10s); // of another shard
        CHECK(other.next(source("192.0.2.1", 2000), 0, 10'001) == 0u);
        CHECK_FALSE(other.next(source("192.0.2.1", 2000), 1, 10'001));
    }
    CHECK(room.taken() == 2);
}

TEST_CASE("sessions: forgotten when idle, then they begin anew")
{
    budget room(1'000);
    session_table table(room, 10s);
    for (std::uint16_t ssid = 0; ssid < 1'000; ++ssid)
        table.next(source("192.0.2.1", 2000), ssid, ssid);
    table.sweep(10'499);
    CHECK(table.size() == 500);
    table.sweep(20'000);
    CHECK(table.size() == 0);
    CHECK(table.next(source("192.0.2.1", 2000), 7, 20'000) == 0u);
}
