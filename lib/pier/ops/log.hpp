// Events for the operator, on standard error, by spdlog, one a line. Not for requests: those go to the access
// log. Nothing here waits for standard error: what it cannot take is dropped, and counted where it goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>

namespace pier::ops {

enum class level : std::uint8_t { debug, info, warning, error, off };
inline constexpr std::string_view level_names = "debug, info, warning, error, off";
std::string_view level_name(level l);
std::optional<level> parse_level(std::string_view name);

/// Thread-safe, both. Before the first call events from `info` on are shown.
void set_log_level(level from);
level log_level();
/// Whether an event of that level is written: for those that are costly to word.
inline bool logs(level at)
{
    return log_level() <= at;
}

/// `text`: local time, level, message. `json`: see append_json_event() in ops/log_line.hpp.
enum class log_format : std::uint8_t { text, json };
void set_log_format(log_format format);

/// Thread-safe.
void log(level at, std::string_view event);
/// An exception that left a coroutine: a bug, whatever it says.
void log_exception(std::string_view where, std::exception_ptr error);
/// Waits until all events are written, at most so long. For those about to end the process at once; others
/// need not.
void settle_log(std::chrono::milliseconds at_most);

} // namespace pier::ops
