#include "pier/ops/log.hpp"

#include "pier/ops/exit.hpp"
#include "pier/ops/line_log.hpp"
#include "pier/ops/log_line.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <array>
#include <mutex>
#include <string>

namespace pier::ops {

namespace {

constexpr std::array<std::string_view, 5> names{"debug", "info", "warning", "error", "off"};

class json_formatter : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override
    {
        std::string line;
        append_json_event(line, event.time, to_string(event.level),
                          {event.payload.data(), event.payload.size()});
        out.append(line.data(), line.data() + line.size());
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<json_formatter>(); }

private:
    static std::string_view to_string(spdlog::level::level_enum l)
    {
        auto name = spdlog::level::to_string_view(l);
        return {name.data(), name.size()};
    }
};

class text_formatter : public spdlog::formatter {
public:
    void format(const spdlog::details::log_msg& event, spdlog::memory_buf_t& out) override
    {
        std::string message = one_line({event.payload.data(), event.payload.size()});
        spdlog::details::log_msg safe = event;
        safe.payload = message;
        pattern_.format(safe, out);
    }
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<text_formatter>(); }

private:
    spdlog::pattern_formatter pattern_{"%Y-%m-%dT%H:%M:%S.%e%z %l %v"};
};

class sink : public spdlog::sinks::base_sink<std::mutex> {
public:
    sink() : base_sink(std::make_unique<text_formatter>()) {}

private:
    void sink_it_(const spdlog::details::log_msg& event) override
    {
        spdlog::memory_buf_t formatted;
        formatter_->format(event, formatted);
        std::string line(formatted.data(), formatted.size());
        try {
            line_file::standard_error()->write(line);
        } catch (const fatal&) { // there is no standard error: nobody to tell
        }
    }
    void flush_() override {}
};

spdlog::logger& logger()
{
    static auto& instance = *new spdlog::logger("pier", std::make_shared<sink>()); // until the very end
    return instance;
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

std::string_view level_name(level l)
{
    return names[static_cast<std::size_t>(l)];
}

std::optional<level> parse_level(std::string_view name)
{
    for (std::size_t i = 0; i < names.size(); ++i)
        if (name == names[i])
            return static_cast<level>(i);
    return std::nullopt;
}

void set_log_level(level from)
{
    logger().set_level(to_spdlog(from));
}

level log_level()
{
    auto now = logger().level();
    for (level l : {level::debug, level::info, level::warning, level::error})
        if (to_spdlog(l) == now)
            return l;
    return level::off;
}

void set_log_format(log_format format)
{
    if (format == log_format::json)
        logger().set_formatter(std::make_unique<json_formatter>());
    else
        logger().set_formatter(std::make_unique<text_formatter>());
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

void settle_log(std::chrono::milliseconds at_most)
{
    try {
        line_file::standard_error()->settle(at_most);
    } catch (const fatal&) {
    }
}

} // namespace pier::ops
