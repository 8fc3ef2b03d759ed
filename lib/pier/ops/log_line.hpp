// How events are written. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace pier::ops {

/// `{"time":"2026-11-21T10:00:00.123Z","level":"info","message":"..."}` and LF: one JSON object on one line,
/// whatever the message holds. Years 0 to 9999.
void append_json_event(std::string& out, std::chrono::system_clock::time_point time, std::string_view level,
                       std::string_view message);

/// The message with controls and bytes that are no UTF-8 escaped as in JSON, so that it is one line.
std::string one_line(std::string_view message);

} // namespace pier::ops
