// The last minute (or whatever the window is), for runs without end: a ring of slices, so that what is old
// goes out a slice at a time. No I/O.
#pragma once

#include "pier/base/histogram.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace pier::ping {

class rolling {
public:
    struct figures {
        std::uint64_t settled = 0, lost = 0;
        histogram_counts rtt; ///< 3 % too high at most
        double loss() const { return settled ? static_cast<double>(lost) / static_cast<double>(settled) : 0; }
    };

    /// `window` in nanoseconds.
    explicit rolling(std::int64_t window) : slice_(std::max<std::int64_t>(window / slices, 1)) {}

    // `now` by a clock that does not step, never smaller than before.
    void answered(std::int64_t now, std::int64_t rtt)
    {
        at(now).rtt->record(static_cast<std::uint64_t>(rtt));
    }
    void settled(std::int64_t now, bool lost)
    {
        slice& s = at(now);
        ++s.settled;
        s.lost += lost;
    }
    figures within(std::int64_t now) const;

private:
    static constexpr std::int64_t slices = 20;
    struct slice {
        std::int64_t number = -1; ///< of the stretch of time that it counts
        std::uint64_t settled = 0, lost = 0;
        std::unique_ptr<histogram> rtt;
    };
    slice& at(std::int64_t now);

    std::int64_t slice_;
    std::array<slice, slices> ring_;
};

} // namespace pier::ping
