// Signs of life for the service manager, twice in its period, as long as every shard gets its turn.
#pragma once

#include "pier/net/types.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace pier::ops {
class service_manager;
}

namespace pier::net {

class shard;

/// Runs on the main thread. A shard that is stuck, in a system call or a loop, ends the signs, and with them
/// the process: the manager restarts it.
class watchdog {
public:
    /// A shard ticks four times a second; under load it may be late, but not by more than this, or by half
    /// the period when that is longer.
    static constexpr std::chrono::milliseconds patience{1'000};

    watchdog(asio::io_context& control, const ops::service_manager& manager,
             const std::vector<std::unique_ptr<shard>>& shards);
    /// Does nothing when nobody waits for signs.
    void start();
    /// For good: a sign that is due already is not followed by another.
    void end()
    {
        half_ = {};
        timer_.cancel();
    }

private:
    bool all_tick() const;

    timer timer_;
    const ops::service_manager& manager_;
    const std::vector<std::unique_ptr<shard>>& shards_;
    std::chrono::microseconds half_;
    bool warned_ = false;
};

} // namespace pier::net
