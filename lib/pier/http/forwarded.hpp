// The client's address as proxies pass it on: X-Forwarded-For, and Forwarded (RFC 7239). No I/O.
#pragma once

#include "pier/base/cidr.hpp"
#include "pier/http/head_parser.hpp"
#include "pier/net/endpoint.hpp"

#include <optional>
#include <string_view>

namespace pier::http {

/// Whom to believe, and in which field: that which these proxies write. The other one passes through a proxy
/// that knows nothing of it, so a client may have written it.
struct forwarded_config {
    enum class field : unsigned char { x_forwarded_for, forwarded };

    cidr_list trusted;
    field where = field::x_forwarded_for;

    field_id id() const
    {
        return where == field::forwarded ? field_id::forwarded : field_id::x_forwarded_for;
    }
};

/// Steps from hop to hop towards the client, for as long as the one before is trusted.
class forwarded_walk {
public:
    forwarded_walk(const forwarded_config& config, const net::peer_address& peer)
        : config_(config), client_(peer), going_(config.trusted.contains(peer.ip()))
    {
    }

    /// One field line's value; the last line first.
    void add(std::string_view value);
    /// The nearest hop that is not trusted. When what it says is no address (garbage, `unknown`, an
    /// obfuscated identifier), the last trusted one: nothing to the left of it can be believed.
    const net::peer_address& client() const { return client_; }
    bool going() const { return going_; }

    static constexpr unsigned most_hops = 32; ///< the rest is not looked at

private:
    void step(std::string_view element);

    const forwarded_config& config_;
    net::peer_address client_;
    bool going_;
    unsigned hops_ = 0;
};

/// Whose request it is, when it came from `peer`. `in` holds the complete head.
net::peer_address client_of(const head_parser& head, std::string_view in, const net::peer_address& peer,
                            const forwarded_config& config);

/// A node of RFC 7239 section 6 without its quotes, or one of X-Forwarded-For: an address, in brackets or
/// not, perhaps with a port.
std::optional<net::peer_address> parse_node(std::string_view node);

} // namespace pier::http
