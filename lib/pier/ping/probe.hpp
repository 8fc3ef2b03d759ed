// A probe under way and an answer to it, as the clocks saw them. No I/O.
#pragma once

#include "pier/ping/timestamp.hpp"

#include <cstdint>
#include <optional>

namespace pier::ping {

/// One moment by both clocks, in nanoseconds.
struct moment {
    std::int64_t steady = 0; ///< CLOCK_MONOTONIC, which never steps
    std::int64_t wall = 0;   ///< CLOCK_REALTIME, by which kernels stamp packets
};

struct probe {
    enum class state : std::uint8_t {
        none,
        waiting,
        answered,
        expired,
        refused, ///< somebody said that there will be no answer
        answered_late,
        not_sent
    };

    std::uint64_t sequence = 0;
    std::uint64_t token = 0; ///< what its answer must bring back beside the sequence number: its timestamp
    std::int64_t due = 0;    ///< steady
    moment sent;             ///< just before the call
    std::int64_t kernel_sent = 0; ///< wall; 0: not told
    std::int64_t rtt = 0;         ///< once it is answered
    state is = state::none;
};

/// What a STAMP reflector says of itself.
struct reflection {
    std::uint32_t sequence = 0; ///< its own count, when it is stateful
    std::int64_t received = 0;  ///< T2, nanoseconds since 1970 by its clock
    std::int64_t sent = 0;      ///< T3
    error_estimate error;
    std::uint8_t hop_limit = 0; ///< with which the probe reached it; 0: not told
};

struct answer {
    std::uint64_t sequence = 0;
    std::uint64_t token = 0;
    moment received;                  ///< when the call returned
    std::int64_t kernel_received = 0; ///< wall; 0: not told
    std::optional<reflection> reflected;
    std::int16_t hop_limit = -1;
    std::int16_t traffic_class = -1;
};

} // namespace pier::ping
