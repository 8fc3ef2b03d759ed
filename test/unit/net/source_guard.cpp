#include "pier/net/source_guard.hpp"

#include <catch2/catch.hpp>

using namespace pier;
using namespace pier::net;

namespace {

peer_address peer(const char* ip, std::uint16_t port)
{
    return peer_address::from(ip_address::parse(ip).value(), port);
}

} // namespace

TEST_CASE("a datagram service answers hosts that ask from ordinary ports")
{
    source_guard guard;
    CHECK(guard.admits(peer("192.0.2.1", 1024)));
    CHECK(guard.admits(peer("127.0.0.1", 40000)));
    CHECK(guard.admits(peer("2001:db8::1", 65535)));
    CHECK_FALSE(guard.admits_to_many());
}

TEST_CASE("nobody is answered whose answer would be answered")
{
    source_guard guard;
    for (int port : {0, 7, 17, 19, 53, 123, 862, 1023, 1900, 5353, 8620, 11211, 12000, 12001, 12002})
        CHECK_FALSE(guard.admits(peer("192.0.2.1", static_cast<std::uint16_t>(port))));
    CHECK(guard.admits(peer("192.0.2.1", 4242)));
    guard.refuse_port(4242);
    CHECK_FALSE(guard.admits(peer("192.0.2.1", 4242)));
    CHECK_FALSE(guard.admits(peer("2001:db8::1", 4242)));
}

TEST_CASE("nobody is answered who is many, or nobody")
{
    source_guard guard;
    for (const char* ip :
         {"0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250", "255.255.255.255", "::", "ff02::1"})
        CHECK_FALSE(guard.admits(peer(ip, 40000)));
    CHECK_FALSE(guard.admits(peer_address{}));
}

TEST_CASE("who sends nothing back hears everybody")
{
    source_guard guard = source_guard::open();
    guard.refuse_port(12002);
    CHECK(guard.admits(peer("192.0.2.1", 12002)));
    CHECK(guard.admits(peer("192.0.2.1", 123)));
    CHECK(guard.admits_to_many());
    CHECK_FALSE(guard.admits(peer("224.0.0.1", 40000)));
}
