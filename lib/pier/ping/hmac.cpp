#include "pier/ping/hmac.hpp"

#include "pier/ping/stamp.hpp"

#include <cstring>

namespace pier::ping {

namespace {

/// Of an authenticated base packet, what the hash covers: six blocks.
constexpr std::size_t covered = base_size(stamp_mode::authenticated) - hmac::size;

} // namespace

void hmac::sign(std::span<char> packet)
{
    tag made = of({packet.first(covered)});
    std::memcpy(packet.data() + covered, made.data(), size);
}

bool hmac::verifies(std::span<const char> packet)
{
    return packet.size() >= covered + size && matches({packet.first(covered)}, packet.subspan(covered, size));
}

} // namespace pier::ping
