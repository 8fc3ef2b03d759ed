#include "check.hpp"
#include "pier/beat/packet.hpp"
#include "pier/ops/hmac.hpp"

#include <array>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier;
    using namespace pier::beat;
    static ops::hmac key(ops::hmac_key::parse("0123456789abcdef0123456789abcdef", "key"));
    std::span<const char> packet(reinterpret_cast<const char*>(data), size);
    auto found = read_packet(packet, nullptr);
    auto* beat = std::get_if<heartbeat>(&found);
    if (!beat)
        return 0;
    check(is_name(beat->name) && beat->interval >= least_interval && beat->sequence > 0);
    std::array<char, largest_packet> again{};
    std::size_t length = write_packet(*beat, nullptr, again);
    bool was_signed = size == length + ops::hmac::size;
    check(was_signed || (length == size && std::equal(packet.begin(), packet.end(), again.begin())));
    length = write_packet(*beat, &key, again);
    check(std::holds_alternative<heartbeat>(read_packet({again.data(), length}, &key)));
    return 0;
}
