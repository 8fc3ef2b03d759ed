// The service as a process has it: connections and datagrams on the same port numbers.
#pragma once

#include "pier/net/runtime.hpp"
#include "pier/upper/config.hpp"

#include <vector>

namespace pier::upper {

/// Connections and datagrams on each address, connections alone on unix sockets. Port 0 becomes one that is
/// free for both. Throws ops::fatal as runtime::add does. Returns where it is bound.
std::vector<net::endpoint> add_to(net::runtime& runtime, const config& c, std::vector<net::endpoint> where);

} // namespace pier::upper
