#include "pier/net/send_rates.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace pier;
using namespace pier::net;

TEST_CASE("without limits bytes are free")
{
    shared_bucket all;
    send_rates rates({}, all, 2, 0);
    token_bucket own;
    CHECK_FALSE(rates.limited());
    CHECK(rates.allowance(own, 0) == send_rates::most_at_once);
    CHECK(rates.wait(own, 0) == 0);
}

TEST_CASE("a connection sends its burst, then its rate")
{
    shared_bucket all;
    send_rates rates(rate_limit::bytes_per_second(100'000), all, 1, 0);
    token_bucket own, other;
    CHECK(rates.allowance(own, 0) == 25'000);
    rates.spend(own, 0, 25'000);
    CHECK(rates.allowance(own, 0) == 0);
    CHECK(rates.wait(own, 0) == 125); // half of the burst: not for every byte a packet
    CHECK(rates.allowance(own, 125) == 12'500);
    CHECK(rates.wait(own, 125) == 0);
    CHECK(rates.allowance(other, 0) == 25'000);
}

TEST_CASE("shards together stay within the bound of the limit for all")
{
    constexpr unsigned shards = 4;
    shared_bucket all(rate_limit::bytes_per_second(1'000'000));
    std::vector<send_rates> each;
    for (unsigned i = 0; i < shards; ++i)
        each.emplace_back(rate_limit{}, all, shards, i);
    token_bucket unused;
    std::int64_t sent = 0;
    for (std::int64_t now = 0; now <= 10'000; now += 10)
        for (auto& shard : each)
            while (auto allowed = shard.allowance(unused, now)) {
                shard.spend(unused, now, allowed);
                sent += allowed;
            }
    CHECK(sent <= 10'000'000 + 250'000);
    CHECK(sent >= 10'000'000);
}

TEST_CASE("what one shard holds back does not starve another")
{
    shared_bucket all(rate_limit::bytes_per_second(1'000'000));
    send_rates idle({}, all, 2, 0), busy({}, all, 2, 1);
    token_bucket unused;
    CHECK(idle.allowance(unused, 0) > 0); // a lease that nobody spends
    std::int64_t sent = 0;
    while (auto allowed = busy.allowance(unused, 0)) {
        busy.spend(unused, 0, allowed);
        sent += allowed;
    }
    CHECK(sent >= 250'000 * 3 / 4);
    CHECK(busy.wait(unused, 0) > 0);
}

TEST_CASE("shards look at the limit for all at different times")
{
    shared_bucket all(rate_limit::bytes_per_second(1'000'000));
    send_rates first({}, all, 2, 0), second({}, all, 2, 1);
    token_bucket unused;
    for (auto* shard : {&first, &second})
        while (auto allowed = shard->allowance(unused, 1000))
            shard->spend(unused, 1000, allowed);
    CHECK((1000 + first.wait(unused, 1000)) % 40 == 0);
    CHECK((1000 + second.wait(unused, 1000)) % 40 == 20);
}
