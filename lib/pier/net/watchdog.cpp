#include "pier/net/watchdog.hpp"

#include "pier/net/coarse_clock.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/service_manager.hpp"

#include <algorithm>

namespace pier::net {

watchdog::watchdog(asio::io_context& control, const ops::service_manager& manager,
                   const std::vector<std::unique_ptr<shard>>& shards)
    : timer_(control), manager_(manager), shards_(shards), half_(manager.watchdog() / 2)
{
}

void watchdog::start()
{
    if (half_.count() == 0)
        return;
    bool alive = all_tick();
    if (alive)
        manager_.notify("WATCHDOG=1");
    else if (!warned_)
        ops::log(ops::level::error, "a thread is stuck: the service manager gets no more signs of life");
    warned_ = !alive;
    timer_.expires_after(half_);
    timer_.async_wait([this](error_code ec) {
        if (!ec)
            start();
    });
}

bool watchdog::all_tick() const
{
    auto late = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(half_), patience);
    return std::all_of(shards_.begin(), shards_.end(), [late](const std::unique_ptr<shard>& s) {
        return coarse_clock::read() - s->last_tick() <= late.count(); // an ended one's lies in the future
    });
}

} // namespace pier::net
