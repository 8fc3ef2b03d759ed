// What a run must not exceed to end with exit code 0. No I/O.
#pragma once

#include "pier/ping/statistics.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pier::ping {

struct thresholds {
    std::optional<unsigned> loss; ///< hundredths of a percent
    // Of the RTT, in nanoseconds.
    std::optional<std::int64_t> rtt; ///< the largest
    std::optional<std::int64_t> median;
    std::optional<std::int64_t> p99;
    std::optional<std::int64_t> jitter; ///< RFC 3550

    /// A sentence for each that was passed, "loss 20% is more than 1%".
    std::vector<std::string> passed(const statistics& of) const;
};

} // namespace pier::ping
