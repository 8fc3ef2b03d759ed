// Waiting for one's turn where a limit says how fast bytes may leave.
#pragma once

#include "pier/base/token_bucket.hpp"
#include "pier/net/types.hpp"

namespace pier::net {

class shard;

/// Until the connection of this bucket may send again. No deadline runs: it is not the peer who makes us
/// wait.
task<> await_pace(shard& home, token_bucket& connection);

} // namespace pier::net
