// An IP address as its bytes, as limits and lists of addresses use it. No I/O.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace pier {

/// IPv4 or IPv6; an IPv4-mapped IPv6 address is IPv4. Of size 0: none, which is what a unix socket's peer
/// has.
struct ip_address {
    unsigned char size = 0; ///< 4, 16 or 0
    std::array<unsigned char, 16> bytes{};

    /// "192.0.2.1" or "2001:db8::1": no brackets, port or zone.
    static std::optional<ip_address> parse(std::string_view text);
    static ip_address v4(const unsigned char* bytes);
    static ip_address v6(const unsigned char* bytes);

    friend bool operator==(const ip_address&, const ip_address&) = default;
};

} // namespace pier
