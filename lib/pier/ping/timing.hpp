// From the moments of a probe and its answer to delays: one clock for one subtraction. No I/O.
#pragma once

#include "pier/ping/probe.hpp"

namespace pier::ping {

/// All in nanoseconds.
struct timing {
    std::int64_t rtt = 0; ///< on the network: between the kernels' stamps, the reflector's own time taken off
    std::int64_t call = 0; ///< from before the sending call to after the receiving one, nothing subtracted
    std::int64_t from_due =
        0; ///< `rtt` and by how much the probe left late: what somebody on schedule would feel
    std::optional<std::int64_t> processing; ///< the reflector's own time, T3 - T2
    std::optional<std::int64_t> there;      ///< T2 - T1: the difference of two clocks
    std::optional<std::int64_t> back;       ///< T4 - T3
    bool kernel_sent = false;               ///< T1 is the kernel's
    bool kernel_received = false;           ///< T4 is
    bool clock_stepped = false;             ///< CLOCK_REALTIME did, so `rtt` is `call`
};

timing measure(const probe& sent, const answer& came);

} // namespace pier::ping
