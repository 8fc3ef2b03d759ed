// HOST, HOST:PORT, [IPV6]:PORT: whom to send beats to. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::beat {

struct target {
    std::string host;       ///< without brackets
    std::uint16_t port = 0; ///< 0: not said

    /// A bare IPv6 address is all host. Nothing for an empty host, a port that is none, or space in it.
    static std::optional<target> parse(std::string_view text);
};

} // namespace pier::beat
