// Who is told of events: the log, a file of JSON lines, a command, and what the program adds.
#pragma once

#include "pier/beat/watch.hpp"

namespace pier::beat {

/// On the first shard's thread.
std::vector<std::unique_ptr<alert_sink>> make_sinks(net::shard& home, const watch& common);

} // namespace pier::beat
