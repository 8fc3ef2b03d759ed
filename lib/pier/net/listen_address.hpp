// An address to listen on as an operator writes it, with or without a scheme. No I/O.
#pragma once

#include "pier/net/endpoint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pier::net {

/// The words of a kind of server; an empty one means that it has no such thing.
struct listen_schemes {
    std::string_view plain, secure, datagrams;
};
inline constexpr listen_schemes http_schemes{"http", "https", ""};
inline constexpr listen_schemes stream_schemes{"tcp", "tls", ""};
inline constexpr listen_schemes stream_and_datagram_schemes{"tcp", "tls", "udp"};
inline constexpr listen_schemes no_schemes{};

struct listen_address {
    enum class how : unsigned char {
        unsaid, ///< no scheme: connections by TLS if there is a certificate, and datagrams if they are served
        plain,  ///< connections without TLS
        secure, ///< connections by TLS
        datagrams ///< nothing else
    };

    endpoint where;
    how spoken = how::unsaid;

    /// `127.0.0.1:8080`, `https://[::1]:8443`, `tls://unix:/run/x.sock`, and what a `listening on` line says
    /// of a unix socket: `https+unix:/run/x.sock`. A slash after the port does no harm.
    static std::optional<listen_address> parse(std::string_view text, const listen_schemes& schemes);
    /// As parse() takes it.
    std::string to_string(const listen_schemes& schemes) const;
};

} // namespace pier::net
