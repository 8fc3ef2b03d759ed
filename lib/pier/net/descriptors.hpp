// How many descriptors there may be, and who gets how many of them.
#pragma once

#include <cstddef>

namespace pier::net {

/// Raises the soft descriptor limit to the hard one.
void raise_descriptor_limit();

/// How many descriptors each may take, of those allowed; the rest is for event loops, logs and libraries.
struct descriptor_shares {
    std::size_t connections = 0;
    std::size_t files = 0; ///< kept open by caches
};
descriptor_shares share_descriptors();

} // namespace pier::net
