#include "pier/beat/packet.hpp"

#include "pier/base/big_endian.hpp"
#include "pier/ops/hmac.hpp"

#include <algorithm>
#include <limits>

namespace pier::beat {

namespace {

constexpr char magic[] = {'P', 'B'};
constexpr char version = 1;
constexpr unsigned char flag_bye = 1, flag_signed = 2;
constexpr std::size_t head_size = 33; ///< before the name

bool is_known_interval(std::uint32_t milliseconds)
{
    std::chrono::milliseconds interval(milliseconds);
    return interval >= least_interval && interval <= longest_interval;
}

} // namespace

std::size_t write_packet(const heartbeat& beat, ops::hmac* key, std::span<char, largest_packet> into)
{
    char* at = into.data();
    std::copy(std::begin(magic), std::end(magic), at);
    at[2] = version;
    at[3] = static_cast<char>((beat.bye ? flag_bye : 0) | (key ? flag_signed : 0));
    store_big(at + 4, beat.boot);
    store_big(at + 12, beat.sequence);
    store_big(at + 20, static_cast<std::uint64_t>(beat.sent));
    store_big(at + 28, static_cast<std::uint32_t>(beat.interval.count()));
    std::size_t length = std::min(beat.name.size(), longest_name);
    at[32] = static_cast<char>(length);
    std::copy_n(beat.name.data(), length, at + head_size);
    std::size_t size = head_size + length;
    if (!key)
        return size;
    ops::hmac::tag tag = key->of({std::span<const char>(at, size)});
    std::copy(tag.begin(), tag.end(), at + size);
    return size + tag.size();
}

std::string_view to_string(packet_error e)
{
    switch (e) {
    case packet_error::malformed: return "malformed";
    case packet_error::unknown_version: return "of an unknown version";
    case packet_error::unsigned_packet: return "not signed, and there is a key";
    case packet_error::wrong_signature: return "signed with another key";
    }
    return {};
}

std::variant<heartbeat, packet_error> read_packet(std::span<const char> packet, ops::hmac* key)
{
    const char* at = packet.data();
    if (packet.size() < head_size || !std::equal(std::begin(magic), std::end(magic), at))
        return packet_error::malformed;
    if (at[2] != version)
        return packet_error::unknown_version;
    auto flags = static_cast<unsigned char>(at[3]);
    bool is_signed = (flags & flag_signed) != 0;
    auto length = static_cast<unsigned char>(at[32]);
    std::size_t signed_size = head_size + length;
    if ((flags & ~(flag_bye | flag_signed)) != 0 ||
        packet.size() != signed_size + (is_signed ? ops::hmac::size : 0))
        return packet_error::malformed;

    heartbeat beat;
    beat.name = {at + head_size, length};
    beat.boot = load_big<std::uint64_t>(at + 4);
    beat.sequence = load_big<std::uint64_t>(at + 12);
    auto sent = load_big<std::uint64_t>(at + 20);
    auto interval = load_big<std::uint32_t>(at + 28);
    if (!is_name(beat.name) || beat.boot == 0 || beat.sequence == 0 || !is_known_interval(interval) ||
        sent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return packet_error::malformed;
    beat.sent = static_cast<std::int64_t>(sent);
    beat.interval = std::chrono::milliseconds(interval);
    beat.bye = (flags & flag_bye) != 0;
    if (!key)
        return beat;
    if (!is_signed)
        return packet_error::unsigned_packet;
    if (!key->matches({packet.first(signed_size)}, packet.subspan(signed_size)))
        return packet_error::wrong_signature;
    return beat;
}

} // namespace pier::beat
