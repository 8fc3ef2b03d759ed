// Who is told of events: the log, a file of JSON lines, a command, a web hook, and what the program adds.
#pragma once

#include "pier/beat/watch.hpp"

namespace pier::beat {

struct webhook_counters;

/// On the first shard's thread.
std::vector<std::unique_ptr<alert_sink>> make_sinks(net::shard& home, const watch& common,
                                                    webhook_counters& counted);

} // namespace pier::beat
