// How long the service waits for whom. No I/O.
#pragma once

#include <chrono>

namespace pier::upper {

struct config {
    /// A connection on which nothing comes is closed.
    std::chrono::milliseconds timeout_idle = std::chrono::minutes(5);
    /// A connection whose peer takes nothing of its answer is reset.
    std::chrono::milliseconds timeout_send = std::chrono::seconds(60);
};

} // namespace pier::upper
