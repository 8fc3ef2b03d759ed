// The monitor's clock stands still while the monitor does. A process that was stopped, starved or moved to
// another host wakes to find every deadline passed; by this clock none has, and the senders get the time that
// they had left. No I/O.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace pier::beat {

constexpr std::int64_t microseconds(std::chrono::milliseconds time)
{
    return time.count() * 1000;
}

/// Microseconds throughout. One thread's.
class monitor_clock {
public:
    /// A gap between two looks at the clock that is longer than `limit` was a pause.
    explicit monitor_clock(std::chrono::milliseconds limit) : limit_(microseconds(limit)) {}

    /// `monotonic` and `wall` are the machine's clocks now. Returns how long the monitor has just paused; 0:
    /// it has not.
    std::int64_t look(std::int64_t monotonic, std::int64_t wall)
    {
        std::int64_t gap = last_ ? std::max<std::int64_t>(0, monotonic - *last_) : 0;
        last_ = monotonic;
        std::int64_t offset = wall - monotonic;
        step_ = offset_ ? offset - *offset_ : 0;
        if (step_ > -least_step && step_ < least_step)
            step_ = 0; // slewed, not set
        if (step_ != 0) {
            ++steps_;
            resumed_ += step_;
        }
        offset_ = offset;
        wall_ = wall;
        if (gap <= limit_) {
            now_ += gap;
            return 0;
        }
        resumed_ = wall;
        ++pauses_;
        return gap;
    }

    std::int64_t now() const { return now_; }
    std::int64_t wall() const { return wall_; }
    /// By how much this machine's wall clock was set between the last two looks; 0: it was not.
    std::int64_t step() const { return step_; }
    /// How often it was, and how often the monitor has paused: who remembers the number sees whether it did
    /// since.
    std::uint8_t steps() const { return steps_; }
    std::uint16_t pauses() const { return pauses_; }
    /// What was received by then waited for a paused monitor.
    std::int64_t resumed() const { return resumed_; }

    static constexpr std::int64_t least_step = 250'000;

private:
    const std::int64_t limit_;
    std::optional<std::int64_t> last_, offset_;
    std::int64_t now_ = 0, wall_ = 0, step_ = 0, resumed_ = 0;
    std::uint8_t steps_ = 0;
    std::uint16_t pauses_ = 0;
};

} // namespace pier::beat
