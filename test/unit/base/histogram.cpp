#include "pier/base/histogram.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <thread>

using namespace pier;
using namespace pier::histogram_layout;

namespace {

histogram_counts of(std::initializer_list<std::uint64_t> values)
{
    auto h = std::make_unique<histogram>();
    for (auto v : values)
        h->record(v);
    histogram_counts c;
    h->add_to(c);
    return c;
}

} // namespace

TEST_CASE("buckets follow one another without a gap")
{
    CHECK(bucket_of(0) == 0);
    CHECK(end_of(0) == 32);
    for (std::size_t i = 0; i + 1 < buckets; ++i) {
        REQUIRE(bucket_of(end_of(i) - 1) == i);
        REQUIRE(bucket_of(end_of(i)) == i + 1);
    }
    CHECK(end_of(buckets - 1) == most + 1);
    CHECK(bucket_of(most) == buckets - 1);
    CHECK(bucket_of(UINT64_MAX) == buckets - 1);
    CHECK(buckets * sizeof(std::uint64_t) < 8 * 1024);
}

TEST_CASE("from a microsecond on a bucket's end is 1/32 above its values at most")
{
    for (std::uint64_t v = 1024; v <= most; v += v / 61 + 1) {
        auto end = end_of(bucket_of(v));
        REQUIRE(end > v);
        REQUIRE(static_cast<double>(end - v) <= static_cast<double>(v) * relative_error);
    }
}

TEST_CASE("percentiles, mean, largest value")
{
    histogram_counts none;
    CHECK(none.count() == 0);
    CHECK(none.mean() == 0);
    CHECK(none.percentile(0.99) == 0);
    CHECK(none.max() == 0);

    auto h = std::make_unique<histogram>();
    for (std::uint64_t us = 1; us <= 1000; ++us)
        h->record(us * 1000);
    histogram_counts c;
    h->add_to(c);
    CHECK(c.count() == 1000);
    CHECK(c.sum() == 500'500'000);
    CHECK(c.mean() == 500'500);
    for (double share : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        double exact = share * 1'000'000;
        CHECK(static_cast<double>(c.percentile(share)) >= exact);
        CHECK(static_cast<double>(c.percentile(share)) <= exact * (1 + relative_error) + 32);
    }
    CHECK(c.percentile(0) == c.percentile(0.001));
    CHECK(c.percentile(7) == c.max());
}

TEST_CASE("counts below a power of two are exact")
{
    auto c = of({1023, 1024, 65'535, 65'536, 65'537, most, UINT64_MAX - (std::uint64_t{1} << 40)});
    CHECK(c.below(1 << 10) == 1);
    CHECK(c.below(1 << 16) == 3);
    CHECK(c.below(1 << 17) == 5);
    CHECK(c.below(most + 1) == 7);
    CHECK(c.below(0) == 0);
}

TEST_CASE("histograms add up, and subtract to what came in between")
{
    auto a = of({1000, 2000}), b = of({4'000'000});
    auto both = a;
    both += b;
    CHECK(both.count() == 3);
    CHECK(both.sum() == 4'003'000);
    CHECK(both.max() == b.max());
    both -= a;
    CHECK(both.count() == 1);
    CHECK(both.sum() == 4'000'000);
    CHECK(both.percentile(0.01) == b.max());
}

TEST_CASE("a reader on another thread loses nothing in the end")
{
    auto h = std::make_unique<histogram>();
    std::thread writer([&] {
        for (std::uint64_t i = 0; i < 50'000; ++i)
            h->record(i);
    });
    std::uint64_t last = 0;
    bool shrunk = false;
    while (last < 50'000) {
        histogram_counts now;
        h->add_to(now);
        shrunk = shrunk || now.count() < last;
        last = now.count();
    }
    writer.join();
    CHECK_FALSE(shrunk);
    CHECK(last == 50'000);
}
