// The header by which a proxy says whose connection it hands on: the PROXY protocol, versions 1 and 2
// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt). No I/O.
#pragma once

#include "pier/net/endpoint.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pier::net {

/// Takes the header in pieces of any size. It keeps of it what an answer needs and skips the rest (TLVs).
class proxy_header_parser {
public:
    enum class status { need_more, done, failed };
    struct step {
        std::size_t consumed; ///< what follows belongs to whoever speaks next
        status now;
    };
    /// Consumes everything but what follows the header. Not to be called again after `done` or `failed`.
    step feed(std::string_view in);

    /// After `done`: whose connection it is. Nothing when the proxy speaks for itself (LOCAL), or does not
    /// know (UNKNOWN, UNSPEC).
    const std::optional<peer_address>& client() const { return client_; }

    static constexpr std::size_t most_v1 = 107;       ///< section 2.1, CRLF included
    static constexpr std::size_t most_v2 = 16 + 2048; ///< of up to 65551: room for many TLVs

private:
    enum class stage : unsigned char { start, v1, v2_start, v2_addresses, v2_rest };

    status take(char c);
    status end_of_line();
    status end_of_v2_start();
    status end_of_addresses();

    stage stage_ = stage::start;
    std::size_t have_ = 0;              ///< bytes in kept_
    std::size_t need_ = 0;              ///< of version 2: bytes that kept_ is waiting for
    std::size_t skip_ = 0;              ///< of version 2: bytes to come that mean nothing here
    std::array<char, 216 + 16> kept_{}; ///< the largest: unix addresses
    std::optional<peer_address> client_;
};

} // namespace pier::net
