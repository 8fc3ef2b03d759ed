// How often things were asked for of late, roughly, in a few bytes each: a count-min sketch that forgets by
// halving (TinyLFU: Einziger, Friedman, Manes 2017). Tells a cache whether a newcomer is worth a member.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pier {

class frequency_sketch {
public:
    /// For telling so many things apart. Counters are allocated by the first count().
    explicit frequency_sketch(std::size_t things)
        : size_(std::bit_ceil(std::max<std::size_t>(things, 16) * counters_per_thing))
    {
    }

    /// Once more asked for the thing of this hash, all of whose bits count.
    void count(std::uint64_t hash)
    {
        if (counters_.empty())
            counters_.resize(size_);
        for (int row = 0; row < rows; ++row)
            if (std::uint8_t& c = counters_[place(hash, row)]; c < most)
                ++c;
        if (++counted_ == size_ / counters_per_thing * counts_per_thing)
            halve();
    }

    /// Never less than the counts since the last halvings were, at most `most`.
    unsigned estimate(std::uint64_t hash) const
    {
        if (counters_.empty())
            return 0;
        unsigned least = most;
        for (int row = 0; row < rows; ++row)
            least = std::min<unsigned>(least, counters_[place(hash, row)]);
        return least;
    }

    static constexpr unsigned most = 15;

private:
    static constexpr int rows = 3;
    static constexpr std::size_t counters_per_thing = 16;
    static constexpr std::size_t counts_per_thing = 10; ///< between two halvings

    std::size_t place(std::uint64_t hash, int row) const
    {
        return static_cast<std::size_t>(hash >> (row * 21)) & (size_ - 1);
    }

    void halve()
    {
        for (std::uint8_t& c : counters_)
            c /= 2;
        counted_ /= 2;
    }

    std::size_t size_;
    std::size_t counted_ = 0;
    std::vector<std::uint8_t> counters_;
};

} // namespace pier
