// Probes that are connections: how long a TCP server takes to accept one, as seen from here.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/ping/datagram_prober.hpp"
#include "pier/ping/prober.hpp"

#include <unordered_map>

namespace pier::ping {

class connect_prober final : public prober {
public:
    connect_prober(target& to, const net::endpoint& where, const datagram_options& options);

    int descriptor() const override { return epoll_.get(); }
    void send(std::int64_t due, events& to) override;
    void receive(events& to) override;
    void given_up(const probe& p) override { under_way_.erase(p.sequence); }

    static constexpr std::size_t most_under_way = 1000; ///< connections, each a descriptor

private:
    void finish(std::uint64_t sequence, int error, events& to);

    target& target_;
    net::endpoint where_;
    datagram_options options_;
    unique_fd epoll_;
    std::unordered_map<std::uint64_t, unique_fd> under_way_; ///< by sequence number
};

} // namespace pier::ping
