// The last moment of a connection whose peer may still be sending.
#pragma once

#include "pier/net/session.hpp"
#include "pier/net/types.hpp"

#include <cstddef>

namespace pier::net {

/// Thrown away before the peer is given up.
inline constexpr std::size_t linger_limit = 1024 * 1024;

/// Ends our side and throws away what comes, for as long as `within` allows: closing at once would answer
/// what is still on its way with a reset, which may overtake our last words (RFC 9112 section 9.6).
task<> linger(session& peer, deadline_list& within);

} // namespace pier::net
