// HOST, HOST:PORT, [IPV6]:PORT: whom to ping. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::ping {

struct target_name {
    std::string host;       ///< a name or an address, without brackets
    std::uint16_t port = 0; ///< 0: none was said

    /// A bare IPv6 address is all host. Nothing for an empty host, port 0 or what no host name can hold.
    static std::optional<target_name> parse(std::string_view text);
    /// As parse() takes it.
    std::string to_string() const;

    friend bool operator==(const target_name&, const target_name&) = default;
};

} // namespace pier::ping
