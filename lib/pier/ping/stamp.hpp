// The packets of STAMP, the Simple Two-Way Active Measurement Protocol: RFC 8762 4.2 and 4.3, with the
// session identifier of RFC 8972 3. Layouts only, no I/O.
#pragma once

#include "pier/ping/timestamp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace pier::ping {

enum class stamp_mode : std::uint8_t { unauthenticated, authenticated };

/// Without the TLVs or the padding that may follow. Both ways the same.
constexpr std::size_t base_size(stamp_mode mode)
{
    return mode == stamp_mode::authenticated ? 112 : 44;
}
/// What TWAMP-Light senders need at least: up to the error estimate (RFC 8762 4.6).
inline constexpr std::size_t least_sender_size = 14;

struct sender_packet {
    std::uint32_t sequence = 0;
    std::uint64_t timestamp = 0; ///< T1
    error_estimate error;
    std::uint16_t ssid = 0; ///< session identifier; 0: none

    friend bool operator==(const sender_packet&, const sender_packet&) = default;
};

struct reflector_packet {
    std::uint32_t sequence = 0;  ///< stateless: the sender's; stateful: counted by the reflector
    std::uint64_t timestamp = 0; ///< T3
    error_estimate error;        ///< of T2 and T3
    std::uint16_t ssid = 0;
    std::uint64_t received = 0; ///< T2
    std::uint32_t sender_sequence = 0;
    std::uint64_t sender_timestamp = 0; ///< T1, in the sender's format
    error_estimate sender_error;
    std::uint8_t sender_ttl = 0; ///< TTL or hop limit with which it arrived at the reflector

    friend bool operator==(const reflector_packet&, const reflector_packet&) = default;
};

/// Nothing when the packet is too short: `least_sender_size` or, authenticated, the whole base. A field that
/// the packet ends before is 0. The HMAC is not looked at.
std::optional<sender_packet> parse_sender(std::span<const char> packet, stamp_mode mode);
/// Nothing when the packet is shorter than the base. The HMAC is not looked at.
std::optional<reflector_packet> parse_reflector(std::span<const char> packet, stamp_mode mode);

/// Write the base, its HMAC 0; `to` has room for it.
void write(const sender_packet& packet, stamp_mode mode, std::span<char> to);
void write(const reflector_packet& packet, stamp_mode mode, std::span<char> to);

/// Sets the timestamp of a packet that has been written, in the format that its error estimate names: the
/// last thing to do, but for the HMAC.
void set_timestamp(std::span<char> packet, stamp_mode mode, std::int64_t unix_time);

} // namespace pier::ping
