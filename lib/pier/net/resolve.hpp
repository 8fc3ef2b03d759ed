// Names to addresses as the system does it: /etc/hosts, DNS and whatever else nsswitch.conf says.
#pragma once

#include "pier/net/endpoint.hpp"

#include <string>
#include <vector>

namespace pier::net {

struct resolved {
    std::vector<endpoint> addresses; ///< in the order to try them (RFC 6724), each once
    std::string error;               ///< why there are none, for people
};

/// Blocks, for seconds where no name server answers: at a client's start, or on the blocking pool. `host` is
/// a name or an address, an IPv6 address also in brackets or with its zone (fe80::1%eth0).
resolved resolve(const std::string& host, std::uint16_t port, int family = AF_UNSPEC);

} // namespace pier::net
