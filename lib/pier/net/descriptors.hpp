// How many descriptors there may be, and who gets how many of them.
#pragma once

#include <cstddef>

namespace pier::net {

/// Raises the soft descriptor limit to the hard one.
void raise_descriptor_limit();

/// How many descriptors each may take, of those allowed; the rest is for event loops, listeners, logs and
/// libraries.
struct descriptor_shares {
    std::size_t connections = 0;
    std::size_t files = 0; ///< kept open by caches
};
/// Each thread takes `descriptors_per_thread`, all together at most half of the limit. Of what is left files
/// get two fifths, at most 16384; a quarter, at most 256, is for logs and libraries.
descriptor_shares share_descriptors(std::size_t limit, unsigned threads);
/// Of the limit in force.
descriptor_shares share_descriptors(unsigned threads);

/// Of a shard: epoll, eventfd, timerfd; a socket and a reserve for its service's address and for the admin's;
/// and one to spare.
inline constexpr std::size_t descriptors_per_thread = 8;

} // namespace pier::net
