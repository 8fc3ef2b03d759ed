// What a stateful Session-Reflector keeps of each session: how many packets it has reflected (RFC 8762 4.3),
// from which a sender sees on which way packets were lost. A bounded number of sessions, forgotten when idle.
// No I/O.
#pragma once

#include "pier/base/siphash.hpp"
#include "pier/net/deadlines.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/ping/budget.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace pier::ping {

class session_table {
public:
    /// `room`: sessions, shared with other tables; it must outlive this one.
    session_table(budget& room, std::chrono::milliseconds idle);
    session_table(const session_table&) = delete;
    session_table& operator=(const session_table&) = delete;
    ~session_table() { room_.give_back(sessions_.size()); }

    /// The sequence number of the answer: 0, 1, 2... Nothing when the session is a new one and there are too
    /// many: those that are under way are worth more than one more, which may have a forged source.
    std::optional<std::uint32_t> next(const net::peer_address& source, std::uint16_t ssid, net::ticks now);
    /// Forgets sessions that have been idle for too long.
    void sweep(net::ticks now);
    std::size_t size() const { return sessions_.size(); }

private:
    struct key {
        net::peer_address source;
        std::uint16_t ssid;
        bool is(const key& other) const;
        friend bool operator==(const key& a, const key& b) { return a.is(b); }
    };
    /// With a key of its own: nobody can choose sources that collide.
    struct hash {
        siphash_key secret;
        std::size_t operator()(const key& k) const;
    };
    struct session : net::deadline_hook {
        std::uint32_t reflected = 0;
        const key* self = nullptr;
    };

    budget& room_;
    net::deadline_list idle_;
    std::unordered_map<key, session, hash> sessions_;
};

} // namespace pier::ping
