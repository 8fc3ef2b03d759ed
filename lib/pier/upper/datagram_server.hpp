// The service over datagrams: each is answered by one of the same size, in place.
#pragma once

#include "pier/net/address_rates.hpp"
#include "pier/net/datagram.hpp"
#include "pier/net/shard.hpp"

#include <memory>

namespace pier::upper {

class datagram_server final : public net::datagram_service {
public:
    /// `unchanged`: what all shards let pass of datagrams that have nothing to change in them.
    datagram_server(net::shard& home, std::shared_ptr<net::address_rates> unchanged);

    void on_batch(std::span<net::datagram> batch, net::datagram_port& from) override;
    std::vector<ops::named_counter> own_counters() const override;

private:
    bool may_go_round(const net::datagram& d);

    net::shard& home_;
    std::shared_ptr<net::address_rates> rates_;
    net::address_leases leases_;
    ops::counter dropped_;
};

net::datagram_factory make_datagram_server(const rate_limit& unchanged);

} // namespace pier::upper
