// The order in which a client tries the addresses of a host. No I/O.
#pragma once

#include "pier/net/endpoint.hpp"

#include <vector>

namespace pier::net {

/// RFC 8305 section 4: the families take turns, beginning with that of the first; within a family the order
/// stays. What is beyond `most` is left out.
std::vector<endpoint> interleave_families(const std::vector<endpoint>& addresses, std::size_t most);

} // namespace pier::net
