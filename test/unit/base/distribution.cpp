#include "pier/base/distribution.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>

using namespace pier;

TEST_CASE("nothing has been recorded")
{
    distribution d;
    CHECK(d.count() == 0);
    CHECK(d.percentile(0.5) == 0);
    CHECK(d.stddev() == 0);
    CHECK(d.bins(0, 10, 3) == std::vector<std::uint64_t>{0, 0, 0});
}

TEST_CASE("few values are exact")
{
    distribution d;
    for (std::int64_t v : {10, 1, 9, 2, 8, 3, 7, 4, 6, 5})
        d.record(v);
    CHECK(d.exact());
    CHECK(d.min() == 1);
    CHECK(d.max() == 10);
    CHECK(d.mean() == Approx(5.5));
    CHECK(d.stddev() == Approx(3.02765).epsilon(1e-5));
    CHECK(d.percentile(0.5) == 5);
    CHECK(d.percentile(0.9) == 9);
    CHECK(d.percentile(0.91) == 10);
    CHECK(d.percentile(0) == 1);
    CHECK(d.percentile(1) == 10);
    CHECK(d.bins(1, 11, 5) == std::vector<std::uint64_t>{2, 2, 2, 2, 2});
    CHECK(d.bins(4, 6, 2) == std::vector<std::uint64_t>{4, 6}); // the outer ones hold the rest
}

TEST_CASE("many values are off by 0.4 % at most")
{
    distribution d;
    std::vector<std::int64_t> all;
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> delay(11, 1.5);
    for (int i = 0; i < 200'000; ++i) {
        all.push_back(static_cast<std::int64_t>(delay(random)));
        d.record(all.back());
    }
    std::ranges::sort(all);
    CHECK_FALSE(d.exact());
    for (double share : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
        auto exact = static_cast<double>(all[static_cast<std::size_t>(std::ceil(share * 200'000)) - 1]);
        CHECK(static_cast<double>(d.percentile(share)) == Approx(exact).epsilon(0.004));
    }
    CHECK(d.percentile(1) == all.back());
    CHECK(d.min() == all.front());
    double sum = 0;
    for (std::int64_t v : all)
        sum += static_cast<double>(v);
    CHECK(d.mean() == Approx(sum / 200'000));
    std::uint64_t counted = 0;
    for (auto n : d.bins(0, 1'000'000, 10))
        counted += n;
    CHECK(counted == 200'000);
}

TEST_CASE("differences of two clocks are fine however far these are apart")
{
    constexpr std::int64_t year = 31'536'000'000'000'000;
    distribution d;
    for (int i = 0; i < 30'000; ++i)
        d.record(-year + (i % 100 - 50) * 1000);
    CHECK(d.min() == -year - 50'000);
    CHECK(std::abs(d.percentile(0.5) + year) <= 1100);
    CHECK(std::abs(d.percentile(0.9) - (-year + 39'000)) <= 500);
    CHECK(d.stddev() == Approx(28'866).epsilon(0.01));
}

TEST_CASE("two distributions become one")
{
    distribution a, b;
    for (std::int64_t v : {1, 2, 3, 4})
        a.record(v);
    b += a;
    CHECK(b.count() == 4);
    for (std::int64_t v : {5, 6, 7, 8, 9, 10})
        b.record(v);
    a += b;
    CHECK(a.exact());
    CHECK(a.count() == 14);
    CHECK(a.percentile(0.5) == 4);
    CHECK(a.max() == 10);
    CHECK(a.mean() == Approx(65.0 / 14));
    a += distribution();
    CHECK(a.count() == 14);
}

TEST_CASE("many values put together are the same as recorded in one")
{
    std::mt19937_64 random(11);
    std::lognormal_distribution<double> delay(13, 1);
    for (int each : {6'000, 30'000}) { // exact ones that are not together, and others
        distribution one, other, all;
        for (int i = 0; i < each; ++i)
            for (distribution* into : {&one, &other}) {
                auto value = static_cast<std::int64_t>(delay(random) * (into == &one ? 1 : 3));
                into->record(value);
                all.record(value);
            }
        one += other;
        CHECK(one.count() == all.count());
        CHECK(one.min() == all.min());
        CHECK(one.max() == all.max());
        CHECK(one.mean() == Approx(all.mean()));
        CHECK(one.stddev() == Approx(all.stddev()));
        for (double share : {0.01, 0.5, 0.9, 0.999})
            CHECK(double(one.percentile(share)) == Approx(double(all.percentile(share))).epsilon(0.004));
    }
}

TEST_CASE("values between borders")
{
    distribution d;
    for (std::int64_t v : {1, 10, 11, 99, 100, 1000})
        d.record(v);
    const std::int64_t borders[] = {10, 100, 200};
    CHECK(d.between(borders) == std::vector<std::uint64_t>{1, 3, 1, 1});
    CHECK(d.between({}) == std::vector<std::uint64_t>{6});
}
