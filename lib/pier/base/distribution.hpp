// How values are distributed: exact for the first ten thousand, then by a log-linear histogram (as
// HdrHistogram's) whose percentiles are off by 0.4 % at most. Count, extremes, mean and deviation are exact
// always. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pier {

class distribution {
public:
    static constexpr std::size_t exact_values = 10'000;

    void record(std::int64_t value);
    /// What another one recorded, too; exact as long as there are few together.
    distribution& operator+=(const distribution& other);

    std::uint64_t count() const { return count_; }
    bool exact() const { return count_ <= exact_values; }
    // 0 when there is nothing.
    std::int64_t min() const { return min_; }
    std::int64_t max() const { return max_; }
    double mean() const { return mean_; }
    double stddev() const; ///< of the sample, n - 1

    /// The smallest value that `share` (0 to 1) of all do not exceed (nearest rank); of an even number's
    /// median, too.
    std::int64_t percentile(double share) const;
    /// Several at once, `shares` ascending.
    std::vector<std::int64_t> percentiles(std::span<const double> shares) const;

    /// How many lie in each of `n` parts of equal width from `from` to `to`; what lies outside is in the
    /// outer ones.
    std::vector<std::uint64_t> bins(std::int64_t from, std::int64_t to, std::size_t n) const;
    /// How many lie below the first border, between each two and from the last one on: one number more than
    /// there are `borders`, which ascend.
    std::vector<std::uint64_t> between(std::span<const std::int64_t> borders) const;

private:
    struct tally {
        std::int64_t value; ///< the middle of a bucket
        std::uint64_t count;
    };
    std::vector<tally> sorted() const;
    void leave_exactness();
    void tally_up(std::int64_t value, std::uint64_t times = 1);

    std::uint64_t count_ = 0;
    std::int64_t min_ = 0, max_ = 0, origin_ = 0;
    double mean_ = 0, squares_ = 0;
    std::vector<std::int64_t> values_;         ///< the first of them
    std::vector<std::uint64_t> below_, above_; ///< of distances to the first value; allocated when needed
};

} // namespace pier
