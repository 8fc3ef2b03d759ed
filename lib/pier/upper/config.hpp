// What the service puts up with. No I/O.
#pragma once

#include "pier/base/token_bucket.hpp"

#include <chrono>

namespace pier::upper {

struct config {
    /// A connection on which nothing comes is closed.
    std::chrono::milliseconds timeout_idle = std::chrono::minutes(5);
    /// A connection whose peer takes nothing of its answer is reset.
    std::chrono::milliseconds timeout_send = std::chrono::seconds(60);
    /// Datagrams of one address in which there is nothing to change. Only such ones go round between two
    /// services of this kind once somebody forges one of them: beyond this they are dropped, and whatever
    /// goes round ends.
    rate_limit unchanged{10, 1000, 1000};
};

} // namespace pier::upper
