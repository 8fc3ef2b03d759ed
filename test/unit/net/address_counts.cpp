#include "pier/net/address_counts.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace pier;
using namespace pier::net;

namespace {

address_key key(std::string_view address)
{
    return *address_key::of(peer_address::from(*ip_address::parse(address), 1));
}

} // namespace

TEST_CASE("one client is an IPv4 address or an IPv6 network of 64 bits")
{
    CHECK(key("192.0.2.1") == key("192.0.2.1"));
    CHECK(key("192.0.2.1") == key("::ffff:192.0.2.1"));
    CHECK_FALSE(key("192.0.2.1") == key("192.0.2.2"));
    CHECK(key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff::2"));
    CHECK_FALSE(key("2001:db8:0:1::1") == key("2001:db8:0:2::1"));
    CHECK_FALSE(key("0.0.0.0") == key("::1"));
    CHECK_FALSE(address_key::of(peer_address::from(ip_address{}, 0)));
}

TEST_CASE("so many connections of an address and no more")
{
    address_counts counts(2);
    auto a = key("192.0.2.1"), b = key("192.0.2.2");
    CHECK(counts.enter(a));
    CHECK(counts.enter(a));
    CHECK_FALSE(counts.enter(a));
    CHECK(counts.enter(b));
    CHECK(counts.addresses() == 2);
    counts.leave(a);
    CHECK(counts.enter(a));
    CHECK_FALSE(counts.enter(a));
}

TEST_CASE("an address that has left takes no memory")
{
    address_counts counts(1);
    for (int round = 0; round < 3; ++round) {
        for (unsigned char i = 0; i < 200; ++i)
            CHECK(counts.enter({i, AF_INET}));
        CHECK(counts.addresses() == 200);
        for (unsigned char i = 0; i < 200; ++i)
            counts.leave({i, AF_INET});
        CHECK(counts.addresses() == 0);
    }
}

TEST_CASE("the count holds whoever comes at once")
{
    constexpr std::size_t most = 3;
    address_counts counts(most);
    auto a = key("192.0.2.1");
    std::atomic<std::size_t> inside = 0, largest = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 5'000; ++round) {
                if (!counts.enter(a))
                    continue;
                std::size_t now = ++inside;
                for (std::size_t seen = largest; seen < now && !largest.compare_exchange_weak(seen, now);) {
                }
                --inside;
                counts.leave(a);
            }
        });
    for (auto& t : threads)
        t.join();
    CHECK(largest <= most);
    CHECK(counts.addresses() == 0);
}
