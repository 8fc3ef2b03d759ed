// A heartbeat as it travels: version 1 of Pier's datagram. Big-endian throughout.
//
//      0   "PB"                         12   sequence, of this start, from 1
//      2   version, 1                   20   send time, nanoseconds since 1970
//      3   flags: 1 bye, 2 signed       28   interval, milliseconds
//      4   boot id, grows with          32   length of the name, 1 to 64
//          each start                   33   the name; when signed, 16 octets of HMAC-SHA-256 over all before
//
// Nothing may follow. No I/O.
#pragma once

#include "pier/beat/heartbeat.hpp"

#include <cstddef>
#include <span>
#include <variant>

namespace pier::ops {
class hmac;
}

namespace pier::beat {

inline constexpr std::size_t largest_packet = 33 + longest_name + 16;

/// Writes it, signed when there is a key; returns its size.
std::size_t write_packet(const heartbeat& beat, ops::hmac* key, std::span<char, largest_packet> into);

enum class packet_error { malformed, unknown_version, unsigned_packet, wrong_signature };
std::string_view to_string(packet_error e);

/// With a key, what is not signed by it is an error; without one, signatures are not looked at.
/// The name is a view into `packet`.
std::variant<heartbeat, packet_error> read_packet(std::span<const char> packet, ops::hmac* key);

} // namespace pier::beat
