// Server-sent events (WHATWG HTML 9.2): the statistics, collected and written once and shared by all readers
// of all shards.
#pragma once

#include "pier/admin/event_ring.hpp"
#include "pier/admin/stats.hpp"
#include "pier/http/handler.hpp"
#include "pier/net/shard.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace pier::admin {

class event_hub;

/// What the hubs of all shards share.
struct event_hubs {
    explicit event_hubs(std::size_t shards, std::size_t most) : most_readers(most), by_shard(shards) {}

    const std::size_t most_readers;
    std::atomic<std::size_t> readers{0};
    std::vector<event_hub*> by_shard; ///< each shard sets its own before any listens
};

/// One shard's: rings the bell for those who wait here.
class event_hub {
public:
    event_hub(net::shard& shard, std::shared_ptr<event_hubs> all, std::chrono::milliseconds interval);

    /// The body of an answer; null when there are too many already.
    std::unique_ptr<http::body_source> join();
    /// About four times a second. The first shard's hub collects for all when it is time.
    void tick();
    /// As of now, from the start on.
    stats numbers() const;

private:
    class reader;

    std::size_t readers() const { return all_->readers.load(std::memory_order_relaxed); }
    void publish(event_ring::event e);
    void collect_for_all();

    net::shard& shard_;
    std::shared_ptr<event_hubs> all_;
    const net::ticks interval_;
    net::timer bell_; ///< never expires; cancelling it wakes all who wait
    event_ring ring_;
    bool closed_ = false;
    net::ticks due_ = 0;
    std::optional<stats> last_;
};

} // namespace pier::admin
