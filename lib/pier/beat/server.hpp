// The monitor as a process has it: packets on some addresses, text beats on others.
#pragma once

#include "pier/beat/watch.hpp"
#include "pier/net/runtime.hpp"

#include <memory>
#include <vector>

namespace pier::beat {

/// `sinks` are told of events besides those that the configuration names. Throws ops::fatal.
std::shared_ptr<watch> add_to(net::runtime& runtime, config c, const std::vector<net::endpoint>& where,
                              std::vector<sink_factory> sinks = {});

} // namespace pier::beat
