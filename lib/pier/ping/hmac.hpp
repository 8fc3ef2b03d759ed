// The keyed hash of authenticated test packets (RFC 8762 section 4.4).
#pragma once

#include "pier/ops/hmac.hpp"

namespace pier::ping {

using ops::hmac_key;

class hmac : public ops::hmac {
public:
    using ops::hmac::hmac;

    /// Of a whole authenticated base packet, whose last 16 octets it is. False: not this key's.
    void sign(std::span<char> packet);
    bool verifies(std::span<const char> packet);
};

} // namespace pier::ping
