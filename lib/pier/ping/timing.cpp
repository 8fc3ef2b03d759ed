#include "pier/ping/timing.hpp"

#include <cstdlib>

namespace pier::ping {

namespace {

/// NTP slews by 500 millionths at most; what is beyond twice that and what reading two clocks takes is a
/// step.
std::int64_t tolerance(std::int64_t elapsed)
{
    return 200'000 + std::abs(elapsed) / 1000;
}

} // namespace

timing measure(const probe& sent, const answer& came)
{
    timing t;
    t.call = came.received.steady - sent.sent.steady;
    t.kernel_sent = sent.kernel_sent != 0;
    t.kernel_received = came.kernel_received != 0;
    std::int64_t t1 = t.kernel_sent ? sent.kernel_sent : sent.sent.wall;
    std::int64_t t4 = t.kernel_received ? came.kernel_received : came.received.wall;

    std::int64_t drift = (came.received.wall - sent.sent.wall) - t.call;
    std::int64_t raw = t4 - t1;
    t.clock_stepped = std::abs(drift) > tolerance(t.call) || raw < 0 || raw > t.call + tolerance(t.call);
    if (t.clock_stepped)
        raw = t.call;
    t.rtt = raw;
    if (came.reflected) {
        std::int64_t own = came.reflected->sent - came.reflected->received;
        if (own >= 0 && own <= raw) { // else its clock stepped between the two, or it does not tell
            t.processing = own;
            t.rtt = raw - own;
        }
        if (!t.clock_stepped) {
            t.there = came.reflected->received - t1;
            t.back = t4 - came.reflected->sent;
        }
    }
    t.from_due = t.rtt + (sent.sent.steady - sent.due);
    return t;
}

} // namespace pier::ping
