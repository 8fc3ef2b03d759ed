#include "pier/upper/datagram_server.hpp"

#include "pier/upper/uppercase.hpp"

namespace pier::upper {

namespace {

constexpr std::size_t remembered_addresses = 4096;

} // namespace

net::datagram_factory make_datagram_server(const rate_limit& unchanged)
{
    auto rates = std::make_shared<net::address_rates>(unchanged, remembered_addresses);
    return [rates](net::shard& shard) { return std::make_unique<datagram_server>(shard, rates); };
}

datagram_server::datagram_server(net::shard& home, std::shared_ptr<net::address_rates> unchanged)
    : home_(home), rates_(std::move(unchanged)), leases_(*rates_, home.whole().limits.sharers)
{
}

void datagram_server::on_batch(std::span<net::datagram> batch, net::datagram_port&)
{
    for (net::datagram& d : batch) {
        if (d.truncated)
            continue; // half an answer would be a wrong one; the engine counts it
        if (!uppercase(d.data) && may_go_round(d)) {
            dropped_.add();
            continue;
        }
        d.reply(d.data.size());
    }
}

/// An answer of another service of this kind has nothing left to change: one too many of them is not
/// answered.
bool datagram_server::may_go_round(const net::datagram& d)
{
    if (!rates_->limit())
        return false;
    auto key = net::address_key::of(d.peer);
    return key && leases_.admit(*key, home_.now()) != 0;
}

std::vector<ops::named_counter> datagram_server::own_counters() const
{
    return {{"upper_unchanged_dropped_total",
             "Datagrams with nothing to change in them, dropped: one too many of their address.",
             ops::named_counter::kind::counter, &dropped_}};
}

} // namespace pier::upper
