// The Host field and the authority of a URI without userinfo: uri-host [ ":" port ], RFC 9110 7.2 and RFC
// 3986 3.2. No I/O, no allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pier::http {

struct host_port {
    std::string_view host; ///< never empty; an IPv6 address with its brackets
    std::optional<std::uint16_t> port;
};

/// Nothing unless `text` is a name, an IPv4 address or an IPv6 address in brackets, and perhaps a colon and a
/// port of at most 65535 ("host:" has none). Stricter than RFC 3986 in that it refuses a comma, by which
/// repeated fields get joined, IPvFuture, and IPv6 zones, which mean nothing to another machine.
std::optional<host_port> split_host(std::string_view text);

/// Whether split_host() gives anything.
bool valid_host(std::string_view text);

/// The textual forms of RFC 4291 2.2, without brackets.
bool is_ipv6_address(std::string_view text);

} // namespace pier::http
