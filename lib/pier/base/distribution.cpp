#include "pier/base/distribution.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pier {

namespace {

constexpr unsigned part_bits = 8;                            // 256 parts of each power of two
constexpr std::uint64_t most = (std::uint64_t{1} << 42) - 1; // 73 minutes in nanoseconds

std::size_t bucket_of(std::uint64_t distance)
{
    distance = std::min(distance, most);
    auto shift = static_cast<unsigned>(std::bit_width(distance | (1u << part_bits))) - part_bits - 1;
    return (static_cast<std::size_t>(shift) << part_bits) + static_cast<std::size_t>(distance >> shift);
}

/// The middle of bucket `i`.
std::int64_t middle_of(std::size_t i)
{
    std::size_t shift = i < (std::size_t{2} << part_bits) ? 0 : (i >> part_bits) - 1;
    std::uint64_t begin = static_cast<std::uint64_t>(i - (shift << part_bits)) << shift;
    return static_cast<std::int64_t>(begin + ((std::uint64_t{1} << shift) >> 1));
}

} // namespace

void distribution::record(std::int64_t value)
{
    if (count_ == 0)
        min_ = max_ = value;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    ++count_;
    // Welford's way: no catastrophic cancellation however many there are.
    double delta = static_cast<double>(value) - mean_;
    mean_ += delta / static_cast<double>(count_);
    squares_ += delta * (static_cast<double>(value) - mean_);
    if (count_ <= exact_values) {
        values_.push_back(value);
        return;
    }
    leave_exactness();
    tally_up(value);
}

distribution& distribution::operator+=(const distribution& other)
{
    if (count_ == 0 || other.count_ == 0)
        return count_ == 0 ? *this = other : *this;
    auto ours = static_cast<double>(count_), theirs = static_cast<double>(other.count_);
    // Chan's way to put two of Welford's together.
    double delta = other.mean_ - mean_;
    mean_ += delta * theirs / (ours + theirs);
    squares_ += other.squares_ + delta * delta * ours * theirs / (ours + theirs);
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    count_ += other.count_;
    if (exact()) {
        values_.insert(values_.end(), other.values_.begin(), other.values_.end());
        return *this;
    }
    leave_exactness();
    for (const tally& t : other.sorted())
        tally_up(t.value, t.count);
    return *this;
}

/// Puts the values that were kept so far into buckets.
void distribution::leave_exactness()
{
    if (values_.empty())
        return;
    // Delays are counted from 0, so that the error is relative to them; the difference of two clocks, which
    // may be years, from the first.
    bool delays = min_ >= 0 && static_cast<std::uint64_t>(max_) <= most;
    origin_ = delays ? 0 : values_.front();
    for (std::int64_t earlier : values_)
        tally_up(earlier);
    values_ = {};
}

void distribution::tally_up(std::int64_t value, std::uint64_t times)
{
    auto& side = value < origin_ ? below_ : above_;
    if (side.empty())
        side.resize(bucket_of(most) + 1);
    auto distance = value < origin_ ? static_cast<std::uint64_t>(origin_) - static_cast<std::uint64_t>(value)
                                    : static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(origin_);
    side[bucket_of(distance)] += times;
}

double distribution::stddev() const
{
    return count_ < 2 ? 0 : std::sqrt(squares_ / static_cast<double>(count_ - 1));
}

std::vector<distribution::tally> distribution::sorted() const
{
    std::vector<tally> result;
    if (!values_.empty()) {
        auto values = values_;
        std::ranges::sort(values);
        for (std::int64_t value : values)
            result.push_back({value, 1});
        return result;
    }
    auto add = [&](std::int64_t value, std::uint64_t n) {
        if (n)
            result.push_back({std::clamp(value, min_, max_), n});
    };
    for (std::size_t i = below_.size(); i-- > 0;)
        add(origin_ - middle_of(i), below_[i]);
    for (std::size_t i = 0; i < above_.size(); ++i)
        add(origin_ + middle_of(i), above_[i]);
    return result;
}

std::int64_t distribution::percentile(double share) const
{
    return percentiles({&share, 1}).front();
}

std::vector<std::int64_t> distribution::percentiles(std::span<const double> shares) const
{
    std::vector<std::int64_t> result;
    auto all = sorted();
    std::size_t at = 0;
    std::uint64_t seen = all.empty() ? 0 : all[0].count;
    for (double share : shares) {
        // 0.9 of 10 is the ninth: what the product exceeds a whole number by is the product's error.
        auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_) - 1e-6));
        rank = std::clamp<std::uint64_t>(rank, 1, std::max<std::uint64_t>(count_, 1));
        while (seen < rank && at + 1 < all.size())
            seen += all[++at].count;
        result.push_back(all.empty() ? 0 : rank == count_ ? max_ : all[at].value);
    }
    return result;
}

std::vector<std::uint64_t> distribution::bins(std::int64_t from, std::int64_t to, std::size_t n) const
{
    std::vector<std::uint64_t> result(n);
    double width = static_cast<double>(std::max<std::int64_t>(to - from, 1)) / static_cast<double>(n);
    for (const tally& t : sorted()) {
        double place = (static_cast<double>(t.value) - static_cast<double>(from)) / width;
        result[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(n - 1)))] += t.count;
    }
    return result;
}

std::vector<std::uint64_t> distribution::between(std::span<const std::int64_t> borders) const
{
    std::vector<std::uint64_t> result(borders.size() + 1);
    for (const tally& t : sorted())
        result[static_cast<std::size_t>(std::ranges::upper_bound(borders, t.value) - borders.begin())] +=
            t.count;
    return result;
}

} // namespace pier
