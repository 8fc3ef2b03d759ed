// A sender's address as people read it. No I/O.
#pragma once

#include "pier/base/ip_address.hpp"

#include <cstdint>
#include <string>

namespace pier::beat {

/// "192.0.2.1:40000" or "[2001:db8::1]:40000"; empty: there is none.
std::string address_text(const ip_address& address, std::uint16_t port);

} // namespace pier::beat
