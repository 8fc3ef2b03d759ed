// A target as its reports name it. No I/O.
#pragma once

#include "pier/ping/session.hpp"

#include <cstddef>
#include <string>

namespace pier::ping {

enum class protocol { stamp, text, tcp, icmp };

/// "STAMP", "text", "TCP", "ICMP".
std::string_view name_of(protocol p);

struct target {
    std::string name;    ///< as it was asked for
    std::string address; ///< as it was found, with its port: "127.0.0.1:8620"
    protocol how = protocol::stamp;
    std::size_t size = 0; ///< octets of a probe's payload
    bool authenticated = false;
    int hop_limit = -1;     ///< probes leave with it; -1: the system's
    int traffic_class = -1; ///< and with it
    ping::session session;

    target(std::string asked, const session_config& c) : name(std::move(asked)), session(c) {}
};

} // namespace pier::ping
