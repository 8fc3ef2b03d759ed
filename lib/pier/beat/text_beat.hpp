// The heartbeat of networking courses: a datagram `SEQUENCE TIME`, the time in seconds since 1970 with or
// without a fraction, as Python's time.time() prints it. It names no sender: its address does. No I/O.
#pragma once

#include "pier/beat/heartbeat.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pier::beat {

/// Space and line ends after it are let pass. Nothing: it is something else. `name` stays empty.
std::optional<heartbeat> read_text_beat(std::string_view text);

/// With microseconds, as read_text_beat() takes it. The name, boot id, interval and bye are not said.
std::string write_text_beat(const heartbeat& beat);

} // namespace pier::beat
