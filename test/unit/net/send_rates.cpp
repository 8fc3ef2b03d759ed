#include "pier/net/send_rates.hpp"

#include <catch2/catch.hpp>

#include <optional>
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
    CHECK(rates.wait(own, 0).milliseconds == 0);
}

TEST_CASE("a connection sends its burst, then its rate")
{
    shared_bucket all;
    send_rates rates(rate_limit::bytes_per_second(100'000), all, 1, 0);
    token_bucket own, other;
    CHECK(rates.allowance(own, 0) == 25'000);
    rates.spend(own, 25'000);
    CHECK(rates.allowance(own, 0) == 0);
    CHECK(rates.wait(own, 0).milliseconds == 125); // half of the burst: not for every byte a packet
    CHECK(rates.allowance(own, 125) == 12'500);
    CHECK(rates.wait(own, 125).milliseconds == 0);
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
                shard.spend(unused, allowed);
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
        busy.spend(unused, allowed);
        sent += allowed;
    }
    CHECK(sent >= 250'000 * 3 / 4);
    CHECK(busy.wait(unused, 0).milliseconds > 0);
}

TEST_CASE("shards look at the limit for all at different times")
{
    shared_bucket all(rate_limit::bytes_per_second(1'000'000));
    send_rates first({}, all, 2, 0), second({}, all, 2, 1);
    token_bucket unused;
    for (auto* shard : {&first, &second})
        while (auto allowed = shard->allowance(unused, 1000))
            shard->spend(unused, allowed);
    CHECK((1000 + first.wait(unused, 1000).milliseconds) % 40 == 0);
    CHECK((1000 + second.wait(unused, 1000).milliseconds) % 40 == 20);
}

namespace {

/// One thread's, and a limit for all of which nothing is left at 1000, where a beat is.
struct used_up {
    shared_bucket all{rate_limit::bytes_per_second(1'000'000)};
    send_rates rates{{}, all, 1, 0};

    used_up()
    {
        token_bucket early;
        take_all(early, 1000);
    }
    std::int64_t take(token_bucket& own, std::int64_t now)
    {
        auto allowed = rates.allowance(own, now);
        rates.spend(own, allowed);
        return allowed;
    }
    std::int64_t take_all(token_bucket& own, std::int64_t now)
    {
        std::int64_t sum = 0;
        while (auto allowed = take(own, now))
            sum += allowed;
        return sum;
    }
};

} // namespace

TEST_CASE("newcomers take nothing while somebody waits for the limit for all")
{
    used_up shard;
    token_bucket download, newcomer;
    auto pause = shard.rates.wait(download, 1000);
    CHECK(pause.in_line);
    CHECK(pause.milliseconds == 40);
    {
        send_rates::waiting in_line(shard.rates, download, pause);
        for (std::int64_t now = 1001; now < 1040; ++now) {
            CHECK(shard.take(newcomer, now) == 0);
            auto behind = shard.rates.wait(newcomer, now);
            CHECK(behind.in_line);
            CHECK(now + behind.milliseconds == 1040);
        }
    }
    CHECK(shard.take_all(download, 1040) == 40'000); // all that has come in
}

TEST_CASE("who is woken has one turn while others wait")
{
    used_up shard;
    token_bucket one, two, newcomer;
    auto pause = shard.rates.wait(one, 1000);
    std::optional<send_rates::waiting> first(std::in_place, shard.rates, one, pause);
    std::optional<send_rates::waiting> second(std::in_place, shard.rates, two, pause);
    first.reset();
    CHECK(shard.take(one, 1200) > 0);
    CHECK(shard.take(one, 1200) == 0);
    CHECK(shard.rates.wait(one, 1200).milliseconds == 40);
    CHECK(shard.take(newcomer, 1200) == 0);
    second.reset();
    CHECK(shard.take(two, 1200) > 0);
    CHECK(shard.rates.wait(one, 1200).milliseconds == 0); // nobody waits, and something is left
    CHECK(shard.take(one, 1200) > 0);
    CHECK(shard.take(newcomer, 1200) > 0);
}

TEST_CASE("a turn that was not taken is nobody else's")
{
    used_up shard;
    token_bucket gone, waits, newcomer;
    auto pause = shard.rates.wait(waits, 1000);
    send_rates::waiting in_line(shard.rates, waits, pause);
    {
        send_rates::waiting ends(shard.rates, gone, pause);
    }
    CHECK(shard.take(newcomer, 1040) == 0);
    CHECK(shard.take(newcomer, 1040) == 0);
}

TEST_CASE("who waits for its own limit stands in nobody's way")
{
    shared_bucket all(rate_limit::bytes_per_second(1'000'000));
    send_rates rates(rate_limit::bytes_per_second(100'000), all, 1, 0);
    token_bucket slow, other;
    while (auto allowed = rates.allowance(slow, 1000))
        rates.spend(slow, allowed);
    auto pause = rates.wait(slow, 1000);
    CHECK(pause.milliseconds == 125);
    CHECK_FALSE(pause.in_line);
    send_rates::waiting waits(rates, slow, pause);
    CHECK(rates.allowance(other, 1001) > 0);
    CHECK(rates.wait(other, 1001).milliseconds == 0);
}
