// The Session-Reflector of STAMP (RFC 8762 4.3) as a service: one for each shard.
#pragma once

#include "pier/base/cidr.hpp"
#include "pier/net/service.hpp"
#include "pier/ping/impaired_path.hpp"
#include "pier/ping/key_file.hpp"
#include "pier/ping/reflection.hpp"
#include "pier/ping/session_table.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace pier::ping {

struct reflector_config {
    bool stateful = false; ///< answers are counted in each session, else they repeat the sender's number
    std::uint64_t max_sessions = 10'000;                ///< of the process
    std::chrono::milliseconds session_timeout{300'000}; ///< idle ones are forgotten
    cidr_list allow_short;                              ///< whose packets may be shorter than their answers
    std::shared_ptr<key_file> key;                      ///< null: unauthenticated
};

/// What the reflectors of a process have in common.
struct reflector_state {
    explicit reflector_state(reflector_config c) : config(std::move(c)), session_room(config.max_sessions) {}

    const reflector_config config;
    budget session_room;
};

class reflector final : public net::datagram_service {
public:
    reflector(net::shard& home, std::shared_ptr<reflector_state> state, std::shared_ptr<bad_network> network);

    void on_batch(std::span<net::datagram> batch, net::datagram_port& from) override;
    void tick() override;
    std::vector<ops::named_counter> own_counters() const override;

    /// What it asks the kernel to tell of a datagram.
    static net::datagram_details details();

private:
    void answer(net::datagram& d, net::datagram_port& from);
    bool refuses(verdict what, const net::datagram& d);
    std::optional<std::uint32_t> sequence_for(const judged& from, const net::datagram& d);
    std::int64_t received_at(const net::datagram& d);
    void follow_reload();
    void look_at_clock();
    hmac* mac() { return mac_ ? &*mac_ : nullptr; }

    static constexpr int ticks_between_looks = 4; ///< at the clock's error: about a second

    net::shard& home_;
    const std::shared_ptr<reflector_state> state_;
    session_table sessions_;
    std::optional<hmac> mac_;
    std::uint64_t key_generation_ = 0;
    error_estimate ntp_error_, ptp_error_;
    int ticks_ = 0;
    impaired_path path_;
    ops::counter malformed_, short_answered_, short_refused_, wrong_hmac_, sessions_open_, sessions_refused_,
        without_receive_time_;
};

} // namespace pier::ping
