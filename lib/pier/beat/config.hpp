// What a monitor of heartbeats is told to do.
#pragma once

#include "pier/beat/monitor.hpp"
#include "pier/beat/webhook.hpp"
#include "pier/net/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace pier::beat {

inline constexpr std::uint16_t default_port = 12002, default_text_port = 12003;

struct exec_config {
    std::vector<std::string> command;             ///< the program and its arguments; none: nothing is run
    std::uint64_t at_once = 4;                    ///< so many of them; further alerts wait
    std::uint64_t queue = 1000;                   ///< so many alerts; further ones are dropped
    std::chrono::milliseconds time_limit{30'000}; ///< then it is killed, with all that it has started
};

struct config {
    monitor_config monitor;
    std::vector<net::endpoint> text_listen; ///< for the coursework's text beats; none: nowhere
    std::string key;                        ///< a file; empty: whoever gets here is believed
    std::string state;                      ///< a file that outlives the process; empty: nothing does
    std::chrono::milliseconds state_interval{60'000}; ///< between two writings of it
    std::string events;                               ///< a file of JSON lines; empty: none
    exec_config exec;
    webhook_config webhook;
};

} // namespace pier::beat
