#include "pier/net/address_rates.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace pier;
using namespace pier::net;

namespace {

address_key key(std::uint64_t number)
{
    return {number, AF_INET6};
}

} // namespace

TEST_CASE("each address has a burst and a rate of its own")
{
    address_rates rates({10, 1000, 4});
    address_leases shard(rates, 1);
    for (int i = 0; i < 4; ++i)
        CHECK(shard.admit(key(1), 0) == 0);
    CHECK(shard.admit(key(1), 0) == 100);
    CHECK(shard.admit(key(2), 0) == 0);
    CHECK(shard.admit(key(1), 60) == 40);
    CHECK(shard.admit(key(1), 100) == 0);
    CHECK(shard.admit(key(1), 100) > 0);
}

TEST_CASE("shards that share a limit stay within the bound they document")
{
    constexpr unsigned shards = 4;
    rate_limit limit{100, 1000, 64};
    address_rates rates(limit);
    std::vector<address_leases> each;
    for (unsigned i = 0; i < shards; ++i)
        each.emplace_back(rates, shards);
    std::int64_t passed = 0;
    for (auto& shard : each) // at least three quarters of the burst, wherever the requests arrive
        while (shard.admit(key(1), 0) == 0)
            ++passed;
    CHECK(passed == 64);
    for (std::int64_t now = 1; now <= 10'000; ++now)
        for (auto& shard : each)
            passed += shard.admit(key(1), now) == 0;
    CHECK(passed <= 64 + 1000 + 64 / 4);
    CHECK(passed >= 1000);
}

TEST_CASE("one shard gets its address's burst but for what the others hold back")
{
    constexpr unsigned shards = 4;
    address_rates rates({1, 1000, 64});
    std::vector<address_leases> each;
    for (unsigned i = 0; i < shards; ++i)
        each.emplace_back(rates, shards);
    for (auto& shard : each)
        CHECK(shard.admit(key(1), 0) == 0); // each has a lease now
    int passed = shards;
    while (each[0].admit(key(1), 0) == 0)
        ++passed;
    CHECK(passed >= 64 * 3 / 4);
    CHECK(passed <= 64);
}

TEST_CASE("the bound holds with threads")
{
    constexpr unsigned threads = 4;
    address_rates rates({1000, 1000, 400});
    std::atomic<std::int64_t> passed = 0;
    std::vector<std::thread> running;
    for (unsigned i = 0; i < threads; ++i)
        running.emplace_back([&] {
            address_leases shard(rates, threads);
            for (std::int64_t now = 0; now < 1000; ++now)
                for (int k = 0; k < 4; ++k)
                    passed += shard.admit(key(7), now) == 0;
        });
    for (auto& t : running)
        t.join();
    CHECK(passed <= 400 + 1000 + 100);
    CHECK(passed >= 400 + 999 - 100 - 4);
}

TEST_CASE("two busy addresses in one place of the leases do not eat each other's")
{
    address_rates rates({1000, 1000, 1000}, 1024);
    address_leases shard(rates, 1);
    // among so many addresses many share a place; each may have its whole burst all the same
    for (int round = 0; round < 4; ++round)
        for (std::uint64_t i = 0; i < 100; ++i)
            for (int k = 0; k < 100; ++k)
                CHECK(shard.admit(key(i), 0) == 0);
}

TEST_CASE("beyond the table's size the one that owes least is forgotten")
{
    address_rates rates({1, 1000, 10}, 1024);
    for (std::uint64_t i = 0; i < 100'000; ++i)
        rates.take(key(i), 0, 1);
    CHECK(rates.take(key(200'000), 0, 100) == 10); // newcomers get their full burst
    address_rates calm({1, 1000, 10}, 1024);
    CHECK(calm.take(key(1), 0, 10) == 10);
    for (std::uint64_t i = 2; i < 50'000; ++i)
        calm.take(key(i), 0, 1);
    CHECK(calm.take(key(1), 0, 10) == 0); // who owes most is not
}
