// The last intervals between a sender's beats: their mean and standard deviation, in 150 bytes. No I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pier::beat {

/// Times are microseconds.
class arrival_window {
public:
    static constexpr std::size_t kept = 64;
    /// A deviation is at least this part of the mean: no network and no clock is quieter for ever.
    static constexpr double least_deviation = 0.1;
    static constexpr std::size_t learned = 8;

    /// Forgets all. Until beats come the mean is what is expected, with a quarter of it for deviation. What
    /// was promised the mean never falls below: beats that come together, held up on their way, are no new
    /// interval. A guess holds until `learned` samples have come.
    void expect(double interval, bool is_promised);
    /// The time from one beat to the next, or the mean of several of which some were lost.
    void add(double interval);

    double mean() const;
    double deviation() const;
    std::size_t count() const { return count_; }

private:
    friend struct snapshot_access;

    // Samples are multiples of 1/4096 of the first expectation; what does not fit starts the window anew.
    static constexpr double resolution = 4096;

    std::array<std::uint16_t, kept> samples_{};
    std::uint8_t count_ = 0, next_ = 0;
    std::uint32_t sum_ = 0;
    std::uint64_t squares_ = 0;
    float unit_ = 1, least_ = 0;
    bool promised_ = false;
};

} // namespace pier::beat
