// A sender's clock against ours: receive time less send time, which is the difference of the clocks and the
// way's delay together; how it varies; and whether the sender's clock was set. No I/O.
#pragma once

#include <cmath>
#include <cstdint>

namespace pier::beat {

/// Microseconds.
class time_difference {
public:
    /// More than this beside the schedule is not a slow network but a clock that was set.
    static constexpr double least_step = 500'000;

    void begin(std::int64_t difference)
    {
        last_ = difference;
        mean_ = static_cast<double>(difference);
        variation_ = 0;
    }
    /// As the next beat shows it.
    void add(std::int64_t difference)
    {
        double change = static_cast<double>(difference - last_);
        variation_ +=
            static_cast<float>((std::abs(change) - static_cast<double>(variation_)) / 16); // RFC 3550 6.4.1
        mean_ += (static_cast<double>(difference) - mean_) / 16;
        last_ = difference;
    }

    /// Between two beats of which the later should come `scheduled` after the earlier: whether the sender's
    /// clock was set in between. A slow network moves the arrival off its schedule, a step the send time.
    static bool is_step(double sent, double arrived, double scheduled)
    {
        return std::abs(sent - arrived) > least_step &&
               std::abs(sent - scheduled) > std::abs(arrived - scheduled);
    }

    std::int64_t last() const { return last_; }
    double mean() const { return mean_; }
    double variation() const { return static_cast<double>(variation_); }

private:
    friend struct snapshot_access;
    std::int64_t last_ = 0;
    double mean_ = 0;
    float variation_ = 0;
};

} // namespace pier::beat
