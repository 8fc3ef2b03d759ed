// Gathers what the process counts, from whichever shard: the counters of the others are read as they stand.
#pragma once

#include "pier/admin/stats.hpp"
#include "pier/net/shard.hpp"

namespace pier::admin {

stats collect(const net::shard& here);

/// Its sessions as they are now, on the shard's own thread, at most `most`. True: there are more.
bool list_connections(net::shard& of, std::size_t most, std::vector<connection_stats>& into);

} // namespace pier::admin
