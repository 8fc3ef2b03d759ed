// The service as a process has it: connections and datagrams on the same port numbers.
#pragma once

#include "pier/net/server_options.hpp"
#include "pier/upper/config.hpp"

#include <vector>

namespace pier::upper {

/// Port 0 becomes one that is free for connections and datagrams. Throws ops::fatal as runtime::add does.
/// Returns where it is bound.
std::vector<net::endpoint> add_to(net::runtime& runtime, const config& c, net::listening where);

} // namespace pier::upper
