// How much delay varies from one packet to the next: interarrival jitter (RFC 3550 6.4.1) and the
// inter-packet delay variation (RFC 3393) of packets sent one after the other. What it varies by above its
// least (PDV, RFC 5481 4.2) is a matter of the delays' distribution. No I/O.
#pragma once

#include "pier/base/distribution.hpp"

#include <cstdint>
#include <cstdlib>

namespace pier::ping {

class variation {
public:
    /// In order of arrival. The delay may be the difference of two clocks: only its changes count.
    void record(std::uint64_t sequence, std::int64_t delay)
    {
        if (any_) {
            std::int64_t change = delay - last_delay_;
            jitter_ += (static_cast<double>(std::abs(change)) - jitter_) / 16;
            if (sequence == last_ + 1)
                ipdv_.record(change);
        }
        any_ = true;
        last_ = sequence;
        last_delay_ = delay;
        delays_.record(delay);
    }

    /// Smoothed, in nanoseconds.
    double jitter() const { return jitter_; }
    /// D(i) - D(i-1) of neighbours by sequence number, with its sign.
    const distribution& ipdv() const { return ipdv_; }
    const distribution& delays() const { return delays_; }
    std::int64_t last() const { return last_delay_; }
    /// D(i) - D(min): how much more than the least `share` of all have waited at most.
    std::int64_t pdv(double share) const { return delays_.percentile(share) - delays_.min(); }

private:
    distribution delays_, ipdv_;
    double jitter_ = 0;
    std::uint64_t last_ = 0;
    std::int64_t last_delay_ = 0;
    bool any_ = false;
};

} // namespace pier::ping
