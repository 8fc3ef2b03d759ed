#include "pier/ping/reflection.hpp"

#include "pier/ping/tlv.hpp"

namespace pier::ping {

namespace {

constexpr std::size_t sequence_size = 4; ///< at the very beginning

} // namespace

judged judge(std::span<char> packet, hmac* mac)
{
    stamp_mode mode = mode_of(mac);
    judged result;
    auto parsed = parse_sender(packet, mode);
    if (!parsed)
        return result;
    result.packet = *parsed;
    if (packet.size() < base_size(mode)) {
        result.what = verdict::too_short;
    } else if (mac && !mac->verifies(packet)) {
        result.what = verdict::wrong_hmac;
    } else {
        result.what = verdict::reflect;
        if (mac && packet.size() > base_size(mode))
            result.authentic_tlvs =
                tlv_area(packet.subspan(base_size(mode))).is_authentic(*mac, packet.first(sequence_size));
    }
    return result;
}

void reflect(std::span<char> packet, const judged& from, const reflection& by, hmac* mac)
{
    stamp_mode mode = mode_of(mac);
    const sender_packet& sent = from.packet;
    reflector_packet answer{by.sequence,
                            0,
                            by.error,
                            sent.ssid,
                            to_timestamp(by.received, by.error.format()),
                            sent.sequence,
                            sent.timestamp,
                            sent.error,
                            by.ttl};
    write(answer, mode, packet);
    if (packet.size() == base_size(mode))
        return;
    tlv_area tlvs(packet.subspan(base_size(mode)));
    tlvs.mark(mode, from.authentic_tlvs);
    if (mac && from.authentic_tlvs)
        tlvs.sign(*mac, packet.first(sequence_size));
}

void finish(std::span<char> answer, std::int64_t now, hmac* mac)
{
    set_timestamp(answer, mode_of(mac), now);
    if (mac)
        mac->sign(answer);
}

} // namespace pier::ping
