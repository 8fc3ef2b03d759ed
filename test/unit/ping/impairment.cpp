#include "pier/ping/impairment.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <vector>

using namespace pier::ping;
using namespace std::chrono_literals;

namespace {

std::vector<bool> losses(const impairment_config& config, std::uint64_t seed, std::uint64_t stream, int count)
{
    impairment bad(config, seed, stream);
    std::vector<bool> lost;
    while (count-- > 0)
        lost.push_back(bad.loses());
    return lost;
}

double share(const std::vector<bool>& of)
{
    return double(std::count(of.begin(), of.end(), true)) / double(of.size());
}

impairment_config lossy(const char* text)
{
    impairment_config config;
    config.loss = *probability::parse(text);
    return config;
}

constexpr impairment::clock::time_point start{1h};

} // namespace

TEST_CASE("impairment: none unless asked for")
{
    impairment_config config;
    CHECK_FALSE(config.any());
    impairment good(config, 1, 0);
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(good.loses());
        auto t = good.treat(start + i * 1ms);
        CHECK(t.due == start + i * 1ms);
        CHECK_FALSE((t.duplicated || t.reordered));
    }
}

TEST_CASE("impairment: 4 of 11 are lost, one by one")
{
    auto lost = losses(lossy("4/11"), 1, 0, 100'000);
    CHECK(share(lost) == Approx(4.0 / 11).margin(0.006));
    int pairs = 0; // independent of each other: (4/11)^2 of the pairs
    for (std::size_t i = 1; i < lost.size(); ++i)
        pairs += lost[i] && lost[i - 1];
    CHECK(double(pairs) / double(lost.size()) == Approx(16.0 / 121).margin(0.006));
}

TEST_CASE("impairment: a seed repeats it, streams of it differ")
{
    auto config = lossy("36%");
    CHECK(losses(config, 7, 0, 1000) == losses(config, 7, 0, 1000));
    CHECK(losses(config, 7, 0, 1000) != losses(config, 8, 0, 1000));
    CHECK(losses(config, 7, 0, 1000) != losses(config, 7, 1, 1000));
    CHECK(losses(config, 7, 0, 1000) != losses(config, 7 + (std::uint64_t{1} << 32), 0, 1000));
    auto more = config;
    more.delay = more.jitter = 10ms;
    more.duplicate = more.reorder = config.loss;
    impairment one(config, 7, 0), other(more, 7, 0);
    for (int i = 0; i < 1000; ++i) { // further misfortunes leave the losses where they were
        REQUIRE(one.loses() == other.loses());
        other.treat(start);
    }
}

TEST_CASE("impairment: bursts of the length and distance that were asked for")
{
    impairment_config config;
    config.bursts = burst_loss::parse("2%,25%");
    CHECK(config.any());
    auto lost = losses(config, 3, 0, 400'000);
    int runs = 0, most = 0, run = 0;
    for (bool l : lost) {
        run = l ? run + 1 : 0;
        runs += run == 1;
        most = std::max(most, run);
    }
    // in the burst state for 0.02 / (0.02 + 0.25) of the time, for 1 / 0.25 datagrams on average
    CHECK(share(lost) == Approx(0.02 / 0.27).margin(0.004));
    CHECK(share(lost) * double(lost.size()) / runs == Approx(4).margin(0.15));
    CHECK(most > 20);

    config.bursts = burst_loss::parse("1/10,1/10,50%,10%");
    CHECK(share(losses(config, 3, 0, 400'000)) == Approx(0.3).margin(0.01));
}

TEST_CASE("impairment: bursts as text")
{
    CHECK(burst_loss::parse("2%,25%")->to_string() == "2%,25%,1,0");
    CHECK(burst_loss::parse("1/50,1/4,80%,1/1000")->to_string() == "1/50,1/4,80%,1/1000");
    for (const char* text : {"", "2%", "2%,", ",2%", "2%,25%,", "2%,25%,1,0,0", "2,25", "2%;25%", "2%, 25%"})
        CHECK_FALSE(burst_loss::parse(text));
}

TEST_CASE("impairment: delay and jitter stay within their bounds, and in order")
{
    impairment_config config;
    config.delay = 20ms;
    config.jitter = 5ms;
    impairment bad(config, 5, 0);
    impairment::clock::time_point now = start, last{};
    double sum = 0;
    std::set<impairment::clock::duration> different;
    for (int i = 0; i < 10'000; ++i, now += 50ms) {
        auto t = bad.treat(now);
        REQUIRE(t.due >= now + 15ms);
        REQUIRE(t.due <= now + 25ms);
        REQUIRE(t.due >= last);
        last = t.due;
        sum += std::chrono::duration<double, std::milli>(t.due - now).count();
        different.insert(t.due - now);
    }
    CHECK(sum / 10'000 == Approx(20).margin(0.15));
    CHECK(different.size() > 9'000);
    for (int i = 0; i < 1'000; ++i) { // even those of one moment
        auto t = bad.treat(now);
        REQUIRE((t.due >= last && t.due <= now + 25ms));
        last = t.due;
    }
}

TEST_CASE("impairment: some are doubled, some overtaken by others")
{
    impairment_config config;
    config.delay = 20ms;
    config.duplicate = *probability::parse("10%");
    config.reorder = *probability::parse("5%");
    config.reorder_hold = 30ms;
    impairment bad(config, 6, 0);
    int doubled = 0, reordered = 0;
    for (int i = 0; i < 20'000; ++i) {
        auto now = start + i * 1ms;
        auto t = bad.treat(now);
        doubled += t.duplicated;
        reordered += t.reordered;
        REQUIRE(t.due == now + (t.reordered ? 50ms : 20ms));
    }
    CHECK(doubled == Approx(2'000).margin(150));
    CHECK(reordered == Approx(1'000).margin(120));
}

TEST_CASE("impairment: what cannot be")
{
    impairment_config config;
    CHECK(config.validate().empty());
    config.jitter = 1ms;
    CHECK_FALSE(config.validate().empty());
    config.delay = 1ms;
    CHECK(config.validate().empty());
    config.delay = impairment_config::longest + 1ms;
    CHECK_FALSE(config.validate().empty());
    config.delay = impairment_config::longest;
    CHECK(config.validate().empty());
    config.reorder_hold = config.delay + 1ms;
    CHECK_FALSE(config.validate().empty());
}
