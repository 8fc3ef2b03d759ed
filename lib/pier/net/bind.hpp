// What all listening sockets begin with, of connections or of datagrams.
#pragma once

#include "pier/net/endpoint.hpp"

#include <string_view>

namespace pier::net {

/// Throws ops::fatal: what could not be done there, why by errno, and what helps.
[[noreturn]] void fail_to_listen(const endpoint& where, const char* what = "cannot listen on");

/// An option that is an integer. Those that a kernel does not know are left out.
bool set_option(int fd, int level, int option, int value = 1);

/// SO_REUSEPORT would let a second server of the same user share the port unnoticed; a socket without it does
/// not get the address while anybody listens there. `type`: SOCK_STREAM or SOCK_DGRAM.
void refuse_if_taken(const endpoint& where, int type);

/// The address really bound, port included.
endpoint bound_address(int fd);

} // namespace pier::net
