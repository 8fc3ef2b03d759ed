#include "pier/base/histogram.hpp"

#include <cmath>
#include <numeric>

namespace pier {

using namespace histogram_layout;

std::uint64_t histogram_counts::count() const
{
    return std::accumulate(buckets_.begin(), buckets_.end(), std::uint64_t{0});
}

std::uint64_t histogram_counts::mean() const
{
    std::uint64_t n = count();
    return n ? sum_ / n : 0;
}

std::uint64_t histogram_counts::percentile(double share) const
{
    std::uint64_t n = count();
    if (n == 0)
        return 0;
    double rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(n));
    auto wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, n);
    std::size_t i = 0;
    for (std::uint64_t seen = buckets_[0]; seen < wanted; seen += buckets_[i])
        ++i;
    return end_of(i);
}

std::uint64_t histogram_counts::below(std::uint64_t nanoseconds) const
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < buckets && end_of(i) <= nanoseconds; ++i)
        sum += buckets_[i];
    return sum;
}

histogram_counts& histogram_counts::operator+=(const histogram_counts& other)
{
    for (std::size_t i = 0; i < buckets; ++i)
        buckets_[i] += other.buckets_[i];
    sum_ += other.sum_;
    return *this;
}

histogram_counts& histogram_counts::operator-=(const histogram_counts& earlier)
{
    for (std::size_t i = 0; i < buckets; ++i)
        buckets_[i] -= earlier.buckets_[i];
    sum_ -= earlier.sum_;
    return *this;
}

void histogram::add_to(histogram_counts& into) const
{
    for (std::size_t i = 0; i < buckets; ++i)
        into.buckets_[i] += buckets_[i].load(std::memory_order_relaxed);
    into.sum_ += sum_.load(std::memory_order_relaxed);
}

} // namespace pier
