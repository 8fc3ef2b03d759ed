#include "pier/base/token_bucket.hpp"

#include <catch2/catch.hpp>

using namespace pier;

namespace {

constexpr rate_limit ten_a_second{10, 1000, 5};

} // namespace

TEST_CASE("rates as people write them")
{
    auto second = rate_limit::parse("100/s");
    REQUIRE(second);
    CHECK(second->count == 100);
    CHECK(second->period == 1000);
    CHECK(second->burst == 100);
    auto minute = rate_limit::parse("600/m:20");
    REQUIRE(minute);
    CHECK(minute->count == 600);
    CHECK(minute->period == 60'000);
    CHECK(minute->burst == 20);
    CHECK(rate_limit::parse("1/h")->period == 3'600'000);
    CHECK(rate_limit::parse("1/d")->period == 86'400'000);
    CHECK(rate_limit::parse("1000000000/s:1000000000"));
}

TEST_CASE("what is no rate")
{
    for (auto bad :
         {"", "100", "/s", "100/", "0/s", "-1/s", "1.5/s", "100/s:", "100/s:0", "100/s:-1", "100/s:5:5",
          "100/ms", "100/S", "100 /s", "1000000001/s", "1/s:1000000001", "99999999999999999999/s"}) {
        CAPTURE(bad);
        CHECK_FALSE(rate_limit::parse(bad));
    }
}

TEST_CASE("a burst at once, then the rate")
{
    token_bucket bucket;
    CHECK(bucket.take(ten_a_second, 1000, 3) == 3);
    CHECK(bucket.take(ten_a_second, 1000, 3) == 2);
    CHECK(bucket.take(ten_a_second, 1000, 1) == 0);
    CHECK(bucket.wait_for(ten_a_second, 1000, 1) == 100);
    CHECK(bucket.wait_for(ten_a_second, 1000, 5) == 500);
    CHECK(bucket.wait_for(ten_a_second, 1000, 50) == 500); // no more than a burst ever comes
    CHECK(bucket.take(ten_a_second, 1099, 1) == 0);
    CHECK(bucket.take(ten_a_second, 1100, 1) == 1);
    CHECK(bucket.take(ten_a_second, 1100, 1) == 0);
    CHECK_FALSE(bucket.full(ten_a_second, 1599));
    CHECK(bucket.full(ten_a_second, 1600));
    CHECK(bucket.available(ten_a_second, 1'000'000) == 5);
}

TEST_CASE("what was not used goes back")
{
    token_bucket bucket;
    bucket.take(ten_a_second, 0, 5);
    bucket.put_back(ten_a_second, 2);
    CHECK(bucket.take(ten_a_second, 0, 5) == 2);
    bucket.put_back(ten_a_second, 100);
    CHECK(bucket.take(ten_a_second, 0, 100) == 5);
}

TEST_CASE("fractions are not lost however often one looks")
{
    rate_limit slow{7, 60'000, 1};
    token_bucket bucket;
    std::int64_t taken = 0;
    for (std::int64_t now = 0; now <= 600'000; ++now)
        taken += bucket.take(slow, now, 1);
    CHECK(taken == 70); // one at once, and one each 60/7 s: the last would fall on 600 s and a bit
}

TEST_CASE("in any time no more than the burst and the rate")
{
    rate_limit limit{333, 1000, 20};
    token_bucket bucket;
    std::int64_t taken = 0;
    for (std::int64_t now = 0; now < 10'000; now += 3)
        taken += bucket.take(limit, now, 1000);
    CHECK(taken <= 20 + 3330);
    CHECK(taken >= 3330);
}

TEST_CASE("the clock may stand still or step back")
{
    token_bucket bucket;
    bucket.take(ten_a_second, 1000, 5);
    CHECK(bucket.take(ten_a_second, 500, 1) == 0);
    CHECK(bucket.take(ten_a_second, 1000, 1) == 0);
    CHECK(bucket.take(ten_a_second, 1100, 1) == 1);
}

TEST_CASE("the largest limits stay within 64 bits")
{
    rate_limit most{rate_limit::most_requests, rate_limit::most_period, rate_limit::most_requests};
    token_bucket bucket;
    CHECK(bucket.take(most, 0, rate_limit::most_requests) == rate_limit::most_requests);
    CHECK(bucket.available(most, INT64_MAX) == rate_limit::most_requests);
    auto bytes = rate_limit::bytes_per_second(UINT64_MAX);
    CHECK(bytes.count == rate_limit::most_bytes);
    CHECK(bucket.available(bytes, INT64_MAX) == bytes.burst);
}

TEST_CASE("a byte rate may send a quarter of a second at once, a packet or two at least")
{
    CHECK(rate_limit::bytes_per_second(1'000'000).burst == 250'000);
    CHECK(rate_limit::bytes_per_second(1000).burst == rate_limit::least_burst);
}

TEST_CASE("all leases together are a quarter of the burst at most, or one each")
{
    for (std::int64_t burst : {1, 2, 7, 8, 100, 4096, 1'000'000})
        for (unsigned sharers : {1u, 2u, 3u, 64u, 1024u}) {
            CAPTURE(burst, sharers);
            auto lease = lease_of({1, 1000, burst}, sharers, 64);
            CHECK(lease >= 1);
            CHECK(lease <= 64);
            CHECK((lease == 1 || lease * sharers <= burst / 4));
        }
}
