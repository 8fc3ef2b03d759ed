// When a sender beats: at fixed moments from its start on, each moved a little by chance, so that a thousand
// senders that started together do not stay together. No I/O.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pier::beat {

/// Times are nanoseconds of any clock.
class schedule {
public:
    static constexpr double jitter = 0.02;       ///< of the interval, around the moment
    static constexpr double first_jitter = 0.25; ///< the second beat comes up to this much earlier

    /// The first beat is due at once.
    schedule(std::int64_t start, std::int64_t interval) : interval_(interval), slot_(start), due_(start) {}

    std::int64_t due() const { return due_; }

    /// A beat was sent at `now`; `chance` is 0 to 1. What was missed, because the process was stopped, is not
    /// made up for: beats that come together say no more than one.
    void sent(std::int64_t now, double chance)
    {
        auto part = [&](double of) { return static_cast<std::int64_t>(of * static_cast<double>(interval_)); };
        if (first_) {
            slot_ -= part(first_jitter * chance);
            first_ = false;
        }
        slot_ += std::max<std::int64_t>(1, (now - slot_) / interval_ + (now > slot_ ? 1 : 0)) * interval_;
        due_ = slot_ + part(jitter * (chance - 0.5));
    }

private:
    std::int64_t interval_, slot_, due_;
    bool first_ = true;
};

} // namespace pier::beat
