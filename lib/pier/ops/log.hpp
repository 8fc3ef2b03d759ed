// Events for the operator, on standard error, by spdlog. Not for requests: those go to the access log.
#pragma once

#include <exception>
#include <string_view>

namespace pier::ops {

enum class level { debug, info, warning, error, off };

/// Thread-safe. Before the first call events from `info` on are shown.
void set_log_level(level from);
level log_level();
void log(level at, std::string_view event);
/// An exception that left a coroutine: a bug, whatever it says.
void log_exception(std::string_view where, std::exception_ptr error);

} // namespace pier::ops
