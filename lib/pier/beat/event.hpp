// What happened to a sender, and who wants to hear of it. No I/O.
#pragma once

#include "pier/beat/strip.hpp"

#include <cstdint>
#include <string>

namespace pier::beat {

enum class event_kind : std::uint8_t {
    appeared, ///< heard for the first time
    recovered,
    suspected,
    died,
    stopped, ///< by its own word
    restarted,
    clock_set,
    flapping, ///< its alerts are held back
    settled,  ///< no longer
    forgotten
};
/// As it stands in events: "new", "up", "suspect", "down", "stopped", "restarted", "clock-step", "flapping",
/// "settled", "forgotten".
std::string_view to_string(event_kind k);

struct event {
    event_kind kind = event_kind::appeared;
    std::string name{};
    std::string address{}; ///< with its port; empty: not known
    state now = state::fresh;
    bool damped = false;         ///< it is flapping: nobody is to be alerted
    std::int64_t at = 0;         ///< microseconds since 1970, like the next
    std::int64_t last_heard = 0; ///< before this happened
    std::int64_t silence = 0;    ///< microseconds before this happened, by the monitor's clock
    double phi = 0;              ///< of that silence, where one ends or is judged
    std::int64_t clock_step = 0; ///< microseconds, forward or back
    std::uint64_t lost = 0;      ///< beats so far
};

/// Whether people want to know: it is down, it is back, it has stopped, started anew, flaps or has settled.
bool is_alert(const event& e);

/// "web1 is down: silent for 5.1 s (phi 8.2), last heard 2026-11-21T20:15:29.123Z".
std::string to_words(const event& e);
/// One line of JSON with its end. With `words`, to_words() stands in it as `text`.
std::string to_json_line(const event& e, bool words = false);

/// "2026-11-21T20:15:29.123Z".
std::string to_timestamp(std::int64_t microseconds);

/// Where alerts go. What delivers them is wired in by the program: a log, a file, a command, a web
/// hook; mail where that is at hand.
class alert_sink {
public:
    virtual ~alert_sink() = default;
    /// On one thread, and without waiting for anything. All events come, see is_alert().
    virtual void deliver(const event& e) = 0;
    /// About four times a second.
    virtual void tick() {}
};

} // namespace pier::beat
