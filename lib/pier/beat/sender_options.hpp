// The options of a sender of heartbeats.
#pragma once

#include "pier/beat/heartbeat.hpp"
#include "pier/net/target.hpp"
#include "pier/ops/options.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace pier::beat {

struct sender_config {
    net::target where;
    std::string name;
    std::chrono::milliseconds interval{1'000};
    std::string key; ///< a file; empty: beats are not signed
    bool text = false;
    bool json = false;
    std::vector<std::string> command; ///< none: beats by itself
};

/// `into.name` is the default for --name.
void declare(ops::options& table, sender_config& into);

} // namespace pier::beat
