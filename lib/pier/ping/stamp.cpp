#include "pier/ping/stamp.hpp"

#include "pier/base/big_endian.hpp"

#include <cassert>
#include <cstring>

namespace pier::ping {

namespace {

/// Where fields stand in a mode's packets; all of them begin at 0 with the sequence number.
struct layout {
    std::size_t timestamp, error, ssid, received, sender_sequence, sender_timestamp, sender_error, sender_ttl;
};

/// RFC 8762 4.2.1 and 4.3.1.
constexpr layout unauthenticated{4, 12, 14, 16, 24, 28, 36, 40};
/// RFC 8762 4.2.2 and 4.3.2.
constexpr layout authenticated{16, 24, 26, 32, 48, 64, 72, 80};

constexpr const layout& layout_of(stamp_mode mode)
{
    return mode == stamp_mode::authenticated ? authenticated : unauthenticated;
}

} // namespace

std::optional<sender_packet> parse_sender(std::span<const char> packet, stamp_mode mode)
{
    const layout& at = layout_of(mode);
    const char* bytes = packet.data();
    std::size_t least = mode == stamp_mode::authenticated ? base_size(mode) : least_sender_size;
    if (packet.size() < least)
        return std::nullopt;
    sender_packet p;
    p.sequence = load_big<std::uint32_t>(bytes);
    p.timestamp = load_big<std::uint64_t>(bytes + at.timestamp);
    p.error.bits = load_big<std::uint16_t>(bytes + at.error);
    if (packet.size() >= at.ssid + 2)
        p.ssid = load_big<std::uint16_t>(bytes + at.ssid);
    return p;
}

std::optional<reflector_packet> parse_reflector(std::span<const char> packet, stamp_mode mode)
{
    const layout& at = layout_of(mode);
    const char* bytes = packet.data();
    if (packet.size() < base_size(mode))
        return std::nullopt;
    reflector_packet p;
    p.sequence = load_big<std::uint32_t>(bytes);
    p.timestamp = load_big<std::uint64_t>(bytes + at.timestamp);
    p.error.bits = load_big<std::uint16_t>(bytes + at.error);
    p.ssid = load_big<std::uint16_t>(bytes + at.ssid);
    p.received = load_big<std::uint64_t>(bytes + at.received);
    p.sender_sequence = load_big<std::uint32_t>(bytes + at.sender_sequence);
    p.sender_timestamp = load_big<std::uint64_t>(bytes + at.sender_timestamp);
    p.sender_error.bits = load_big<std::uint16_t>(bytes + at.sender_error);
    p.sender_ttl = load_big<std::uint8_t>(bytes + at.sender_ttl);
    return p;
}

void write(const sender_packet& packet, stamp_mode mode, std::span<char> to)
{
    assert(to.size() >= base_size(mode));
    const layout& at = layout_of(mode);
    char* bytes = to.data();
    std::memset(bytes, 0, base_size(mode));
    store_big(bytes, packet.sequence);
    store_big(bytes + at.timestamp, packet.timestamp);
    store_big(bytes + at.error, packet.error.bits);
    store_big(bytes + at.ssid, packet.ssid);
}

void write(const reflector_packet& packet, stamp_mode mode, std::span<char> to)
{
    assert(to.size() >= base_size(mode));
    const layout& at = layout_of(mode);
    char* bytes = to.data();
    std::memset(bytes, 0, base_size(mode));
    store_big(bytes, packet.sequence);
    store_big(bytes + at.timestamp, packet.timestamp);
    store_big(bytes + at.error, packet.error.bits);
    store_big(bytes + at.ssid, packet.ssid);
    store_big(bytes + at.received, packet.received);
    store_big(bytes + at.sender_sequence, packet.sender_sequence);
    store_big(bytes + at.sender_timestamp, packet.sender_timestamp);
    store_big(bytes + at.sender_error, packet.sender_error.bits);
    store_big(bytes + at.sender_ttl, packet.sender_ttl);
}

void set_timestamp(std::span<char> packet, stamp_mode mode, std::int64_t unix_time)
{
    assert(packet.size() >= base_size(mode));
    const layout& at = layout_of(mode);
    error_estimate error{load_big<std::uint16_t>(packet.data() + at.error)};
    store_big(packet.data() + at.timestamp, to_timestamp(unix_time, error.format()));
}

} // namespace pier::ping
