// What a Session-Reflector makes of a packet, in the packet's own octets: RFC 8762 4.3 and 4.6, RFC 8972 4.
// No I/O, no clock.
#pragma once

#include "pier/ping/hmac.hpp"
#include "pier/ping/stamp.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pier::ping {

enum class verdict : std::uint8_t {
    reflect,
    too_short,  ///< for a whole base, which a TWAMP-Light sender's packet may be
    malformed,  ///< for anything
    wrong_hmac, ///< of a stranger, or changed on the way
};

struct judged {
    verdict what = verdict::malformed;
    sender_packet packet{};     ///< unless malformed
    bool authentic_tlvs = true; ///< or there are none
};

/// `mac` makes the mode: null is unauthenticated.
judged judge(std::span<char> packet, hmac* mac);

/// What the answer says beside what the packet said.
struct reflection {
    std::uint32_t sequence = 0;
    std::int64_t received = 0; ///< T2, nanoseconds since 1970
    std::uint8_t ttl = 255;    ///< 255 where nobody told (RFC 5357 4.2.1)
    error_estimate error{};    ///< says the format of T2 and T3
};

/// Makes the answer of a judged packet, all but T3 and HMAC, in octets where one of TWAMP-Light has room for
/// a whole base.
void reflect(std::span<char> packet, const judged& from, const reflection& by, hmac* mac);

/// The last thing before it leaves.
void finish(std::span<char> answer, std::int64_t now, hmac* mac);

constexpr stamp_mode mode_of(const hmac* mac)
{
    return mac ? stamp_mode::authenticated : stamp_mode::unauthenticated;
}

} // namespace pier::ping
