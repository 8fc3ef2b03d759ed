// Posts alerts to a URL, one after the other, each again until it is taken or given up.
#pragma once

#include "pier/beat/event.hpp"
#include "pier/beat/webhook.hpp"
#include "pier/http/client.hpp"
#include "pier/net/event.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/counters.hpp"

#include <deque>
#include <random>

namespace pier::beat {

/// Read from any thread, and outlives the sink.
struct webhook_counters {
    ops::counter sent;    ///< and taken
    ops::counter retried; ///< tries beyond an alert's first
    ops::counter failed;  ///< given up
    ops::counter dropped; ///< for want of room
};

/// What does not change from alert to alert, made at the start.
struct webhook_target {
    /// Reads the token and whom to trust. Throws ops::fatal.
    explicit webhook_target(const webhook_config& c);

    webhook_config told;
    http::client_request request; ///< but for its body
    http::client_config client;
};

class webhook_sink final : public alert_sink {
public:
    webhook_sink(net::shard& home, const webhook_target& to, webhook_counters& counted);

    void deliver(const event& e) override;
    void tick() override;

private:
    struct verdict {
        bool taken = false, worth_retrying = false;
        std::optional<std::chrono::milliseconds> retry_after;
        std::string why;
    };

    net::task<> send_waiting();
    net::task<> send(const event& e);
    net::task<> attempt(const http::client_request& what, verdict& into);
    void limit(std::chrono::milliseconds time);
    static verdict judge(const http::client_exchange& x, std::int64_t now);
    net::task<> rest(std::chrono::milliseconds time);
    void stop();

    net::shard& home_;
    const webhook_target& to_;
    webhook_counters& counters_;
    http::client client_;
    std::deque<event> waiting_;
    net::timer pause_; ///< between two tries
    net::timer limit_; ///< of one
    http::client_exchange* under_way_ = nullptr;
    std::minstd_rand chance_{std::random_device{}()};
    std::uint64_t attempts_ = 0;
    bool sending_ = false, stopping_ = false, dropping_ = false, late_ = false;
};

} // namespace pier::beat
