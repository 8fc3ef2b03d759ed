#include "pier/beat/event.hpp"

#include "pier/base/json_writer.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace pier::beat {

namespace {

/// "5.1": seconds of any sign, with so many digits behind the point.
std::string decimal(double value, int digits)
{
    char text[64];
    int length = std::snprintf(text, sizeof text, "%.*f", digits, value);
    return {text, static_cast<std::size_t>(length)};
}

std::string seconds(std::int64_t microseconds)
{
    return decimal(static_cast<double>(microseconds) / 1e6, 1);
}

std::string silent(const event& e)
{
    return "silent for " + seconds(e.silence) + " s";
}

} // namespace

std::string_view to_string(event_kind k)
{
    constexpr std::string_view names[] = {"new",       "up",         "suspect",  "down",    "stopped",
                                          "restarted", "clock-step", "flapping", "settled", "forgotten"};
    return names[static_cast<std::size_t>(k)];
}

bool is_alert(const event& e)
{
    switch (e.kind) {
    case event_kind::recovered:
    case event_kind::died:
    case event_kind::stopped:
    case event_kind::restarted: return !e.damped;
    case event_kind::flapping:
    case event_kind::settled: return true;
    default: return false;
    }
}

std::string to_timestamp(std::int64_t microseconds)
{
    auto t = static_cast<std::time_t>(microseconds / 1'000'000);
    std::tm tm{};
    ::gmtime_r(&t, &tm);
    char text[96];
    int length = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                               tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                               static_cast<int>(microseconds / 1000 % 1000));
    return {text, static_cast<std::size_t>(length)};
}

std::string to_words(const event& e)
{
    const std::string& who = e.name;
    switch (e.kind) {
    case event_kind::appeared: return who + " is new, at " + e.address;
    case event_kind::recovered: return who + " is up again, at " + e.address + ": it was " + silent(e);
    case event_kind::suspected: return who + " is suspect: " + silent(e) + " (phi " + decimal(e.phi, 1) + ")";
    case event_kind::died:
        return who + " is down: " + silent(e) + " (phi " + decimal(e.phi, 1) + "), last heard " +
               to_timestamp(e.last_heard);
    case event_kind::stopped: return who + " has stopped and said so";
    case event_kind::restarted: return who + " has started anew, at " + e.address + ": it was " + silent(e);
    case event_kind::clock_set:
        return "the clock of " + who + " was set " + (e.clock_step < 0 ? "back" : "forward") + " by " +
               seconds(std::abs(e.clock_step)) + " s";
    case event_kind::flapping: return who + " is flapping: its alerts are held back until it settles";
    case event_kind::settled:
        return who + " has settled, and is " + std::string(to_string(e.now)) + ": its alerts go out again";
    case event_kind::forgotten: return who + " is forgotten: not heard since " + to_timestamp(e.last_heard);
    }
    return {};
}

std::string to_json_line(const event& e, bool words)
{
    std::string line;
    json_writer json(line);
    json.begin_object().member("time", std::string_view(to_timestamp(e.at)));
    json.member("event", to_string(e.kind)).member("name", std::string_view(e.name));
    json.member("state", to_string(e.now));
    if (!e.address.empty())
        json.member("address", std::string_view(e.address));
    json.member("last_heard", std::string_view(to_timestamp(e.last_heard)));
    json.key("silence_seconds").thousandths(static_cast<std::uint64_t>(e.silence / 1000));
    if (e.kind == event_kind::suspected || e.kind == event_kind::died)
        json.key("phi").thousandths(static_cast<std::uint64_t>(e.phi * 1000));
    if (e.kind == event_kind::clock_set)
        json.key("step_seconds").decimal(e.clock_step, 6);
    json.member("lost", e.lost).member("damped", e.damped);
    if (words)
        json.member("text", std::string_view(to_words(e)));
    json.end_object();
    return line += '\n';
}

} // namespace pier::beat
