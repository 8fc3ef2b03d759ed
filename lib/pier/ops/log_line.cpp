#include "pier/ops/log_line.hpp"

#include "pier/base/json_text.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace pier::ops {

void append_json_event(std::string& out, std::chrono::system_clock::time_point time, std::string_view level,
                       std::string_view message)
{
    using namespace std::chrono;
    auto second = floor<seconds>(time);
    std::time_t t = system_clock::to_time_t(second);
    std::tm tm{};
    ::gmtime_r(&t, &tm);
    char stamp[96];
    int n = std::snprintf(stamp, sizeof stamp, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                          tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                          static_cast<int>(floor<milliseconds>(time - second).count()));
    out.append(R"({"time":")").append(stamp, static_cast<std::size_t>(n));
    out.append(R"(","level":")").append(level).append(R"(","message":")");
    append_json_text(out, message);
    out.append("\"}\n");
}

std::string one_line(std::string_view message)
{
    bool plain = std::ranges::all_of(message, [](char c) { return c >= 0x20 && c < 0x7f; });
    if (plain)
        return std::string(message);
    std::string out;
    append_json_text(out, message);
    return out;
}

} // namespace pier::ops
