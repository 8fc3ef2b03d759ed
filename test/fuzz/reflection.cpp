#include "pier/ping/reflection.hpp"

#include "check.hpp"

#include <cstdint>
#include <string>

/// The first octet chooses the mode and whether the base's HMAC is right.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ping;
    static hmac key(hmac_key::parse("a secret of the two of us", "key"));
    if (size == 0)
        return 0;
    hmac* mac = data[0] & 1 ? &key : nullptr;
    std::string packet(reinterpret_cast<const char*>(data + 1), size - 1);
    stamp_mode mode = mode_of(mac);
    if (mac && data[0] & 2 && packet.size() >= base_size(mode))
        key.sign(packet);
    auto from = judge(packet, mac);
    if (from.what != verdict::reflect)
        return 0;
    const auto sent = parse_sender(packet, mode);
    reflect(packet, from, {7, 1'700'000'000'000'000'000, 64, error_estimate{0x8001}}, mac);
    finish(packet, 1'700'000'000'000'001'000, mac);
    check(packet.size() == size - 1 && (!mac || key.verifies(packet)));
    auto answer = parse_reflector(packet, mode);
    check(answer && answer->sequence == 7 && answer->sender_sequence == sent->sequence &&
          answer->sender_timestamp == sent->timestamp && answer->ssid == sent->ssid &&
          answer->sender_ttl == 64);
    return 0;
}
