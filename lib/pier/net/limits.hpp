// What each client, and all of them together, may take: configuration, and what the shards share of it. No
// I/O.
#pragma once

#include "pier/base/cidr.hpp"
#include "pier/base/token_bucket.hpp"
#include "pier/net/address_counts.hpp"
#include "pier/net/address_rates.hpp"
#include "pier/net/send_rates.hpp"

#include <cstddef>

namespace pier::net {

/// All off unless said otherwise.
struct limits_config {
    std::size_t connections_per_address = 0;
    rate_limit requests;   ///< of each address
    rate_limit datagrams;  ///< of each address
    rate_limit send;       ///< bytes, of each connection
    rate_limit send_total; ///< bytes
    cidr_list proxies;     ///< peers whose connections start with a PROXY header
};

/// For servers that answer datagrams, whose senders may be forged: more than a program that works sends, less
/// than two machines could loop at.
inline constexpr const char* usual_datagram_rate = "100000/s";

/// What the shards share.
struct limits {
    explicit limits(const limits_config& c = {}, unsigned shards = 1)
        : config(c), sharers(shards), connections(c.connections_per_address), requests(c.requests),
          datagrams(c.datagrams), sent(c.send_total)
    {
    }

    const limits_config config;
    const unsigned sharers;
    address_counts connections;
    address_rates requests;
    address_rates datagrams;
    shared_bucket sent;
};

} // namespace pier::net
