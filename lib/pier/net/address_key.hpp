// What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, of which whoever has one address
// has all (RFC 6177). No I/O.
#pragma once

#include "pier/net/endpoint.hpp"

#include <cstdint>
#include <cstring>
#include <optional>

namespace pier::net {

struct address_key {
    std::uint64_t network = 0;
    unsigned char family = 0;

    /// Nothing for a unix socket's peer.
    static std::optional<address_key> of(const peer_address& peer)
    {
        address_key key{0, peer.family};
        if (peer.family != AF_INET && peer.family != AF_INET6)
            return std::nullopt;
        std::memcpy(&key.network, peer.bytes, peer.family == AF_INET ? 4 : 8);
        return key;
    }

    friend bool operator==(const address_key&, const address_key&) = default;
};

/// Seeded anew in each process, so that nobody can choose addresses that collide.
struct address_hash {
    std::size_t operator()(const address_key& key) const;
};

} // namespace pier::net
