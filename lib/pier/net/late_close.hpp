// Closing a file may wait as long as reading it: for a server on the network, for a FUSE process.
#pragma once

#include "pier/base/unique_fd.hpp"

namespace pier::net {

/// Closes `fd` on a thread of its own that the process keeps for this. Never blocks; from any thread.
void close_later(unique_fd fd);

} // namespace pier::net
