// HOST, HOST:PORT, [IPV6]:PORT: whom a client is to reach. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::net {

struct target {
    std::string host;       ///< a name or an address, without brackets
    std::uint16_t port = 0; ///< 0: none was said

    /// A bare IPv6 address is all host. Nothing for an empty host, port 0 or what no host name can hold.
    static std::optional<target> parse(std::string_view text);
    /// As parse() takes it.
    std::string to_string() const;

    friend bool operator==(const target&, const target&) = default;
};

} // namespace pier::net
