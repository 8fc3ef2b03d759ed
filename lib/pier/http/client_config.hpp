// What a client is told: limits, deadlines, whom to trust. No I/O.
#pragma once

#include "pier/http/chunked.hpp"
#include "pier/http/head_parser.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace pier::net {
class tls_client;
}

namespace pier::http {

/// Each covers a step; sending or receiving one byte of a head renews nothing.
struct client_deadlines {
    std::chrono::milliseconds connect{10'000}; ///< resolving and connecting, all addresses together
    std::chrono::milliseconds tls{10'000};     ///< a handshake; and a proxy's answer to CONNECT
    std::chrono::milliseconds write{30'000};   ///< without the server taking a byte
    std::chrono::milliseconds head{60'000}; ///< from the end of the request to the end of the answer's head
    std::chrono::milliseconds idle{30'000}; ///< without a byte of the body
    std::chrono::milliseconds wait{60'000}; ///< for a connection, where there are too many
};

struct client_config {
    client_deadlines deadlines{};
    head_limits head{.request_line = 16 * 1024, .head = 64 * 1024, .fields = 256, .leading_lines = 0};
    chunked_limits chunked{};
    std::size_t interim_answers = 16; ///< 1xx before the final one; more: malformed

    std::size_t connections_per_origin = 6;
    std::size_t connections = 64;                 ///< in all
    std::size_t waiting = 1024;                   ///< requests waiting for a connection; more are refused
    std::chrono::milliseconds idle_age{30'000};   ///< an unused connection is closed after this
    std::chrono::milliseconds total_age{600'000}; ///< and none is used again that is older
    std::size_t requests_per_connection = 1000;   ///< then it is closed
    std::chrono::milliseconds attempt_delay{250}; ///< between two addresses of a host (RFC 8305 5)
    std::chrono::milliseconds name_age{60'000};   ///< how long the addresses of a host are remembered
    std::size_t names = 256;                      ///< and of how many

    std::shared_ptr<net::tls_client> tls; ///< for https; none: https is refused

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

} // namespace pier::http
