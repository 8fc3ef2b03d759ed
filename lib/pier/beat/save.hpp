// Writing the state while the shards go on: some senders of a shard at a time, on its thread; the file on the
// blocking pool.
#pragma once

#include "pier/beat/watch.hpp"
#include "pier/net/types.hpp"

namespace pier::beat {

/// On the first shard. Gives up when the server drains: the last writing is watch's.
net::task<> save(net::shard& home, watch& common);

} // namespace pier::beat
