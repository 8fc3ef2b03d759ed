// Answers that come after those of later probes, RFC 4737. No I/O.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pier::ping {

class reordering {
public:
    /// In order of arrival, duplicates left out. True: this one is reordered, its number being smaller than
    /// the next one expected (RFC 4737 3.3).
    bool record(std::uint64_t sequence)
    {
        recent_[arrivals_++ % recent_.size()] = sequence;
        if (sequence >= expected_) {
            expected_ = sequence + 1;
            return false;
        }
        ++reordered_;
        extent_ = std::max(extent_, extent_of(sequence));
        return true;
    }

    std::uint64_t count() const { return reordered_; }
    /// How many arrivals a reordered one would have had to overtake, at most (RFC 4737 4.2.1); counted up to
    /// 255.
    std::uint64_t extent() const { return extent_; }

private:
    /// Back to the earliest arrival with a larger number.
    std::uint64_t extent_of(std::uint64_t sequence) const
    {
        std::uint64_t here = arrivals_ - 1, extent = 0;
        std::uint64_t known = std::min<std::uint64_t>(here, recent_.size() - 1);
        for (std::uint64_t back = 1; back <= known; ++back)
            if (recent_[(here - back) % recent_.size()] > sequence)
                extent = back;
        return extent;
    }

    std::array<std::uint64_t, 256> recent_{};
    std::uint64_t arrivals_ = 0;
    std::uint64_t expected_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t extent_ = 0;
};

} // namespace pier::ping
