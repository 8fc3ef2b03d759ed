// What a run counts for Prometheus: plain counters with one writer, read by another thread while it goes on.
// No I/O.
#pragma once

#include "pier/base/histogram.hpp"
#include "pier/ops/counters.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pier::ping {

struct live_counters {
    std::string target;
    ops::counter sent, received, lost, late, duplicated, corrupt, refused;
    histogram rtt;
};

/// Text exposition format 0.0.4.
std::string to_metrics(const std::vector<std::unique_ptr<live_counters>>& all);

} // namespace pier::ping
