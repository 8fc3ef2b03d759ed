#include "pier/ops/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <string>

namespace pier::ops {

namespace {

spdlog::logger& logger()
{
    static const auto instance = [] {
        auto made = spdlog::stderr_logger_mt("pier");
        made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum to_spdlog(level l)
{
    switch (l) {
    case level::debug: return spdlog::level::debug;
    case level::info: return spdlog::level::info;
    case level::warning: return spdlog::level::warn;
    case level::error: return spdlog::level::err;
    case level::off: break;
    }
    return spdlog::level::off;
}

} // namespace

void set_log_level(level from)
{
    logger().set_level(to_spdlog(from));
}

level log_level()
{
    level found = level::off;
    for (level l : {level::error, level::warning, level::info, level::debug})
        if (logger().should_log(to_spdlog(l)))
            found = l;
    return found;
}

void log(level at, std::string_view event)
{
    logger().log(to_spdlog(at), event);
}

void log_exception(std::string_view where, std::exception_ptr error)
{
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        log(level::error,
            std::string("unexpected exception in ").append(where).append(": ").append(e.what()));
    } catch (...) {
        log(level::error, std::string("unexpected exception in ").append(where));
    }
}

} // namespace pier::ops
