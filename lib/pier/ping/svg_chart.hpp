// Charts as SVG, to stand in a page whose style sheet has the classes axis, rtt, band and loss. No I/O.
#pragma once

#include "pier/base/distribution.hpp"
#include "pier/ping/timeline.hpp"

#include <string>

namespace pier::ping {

/// A point for each probe, or a bar from the least to the most of those that share a column; losses below.
std::string svg_over_time(const timeline& t);
/// How many of `what`: from the least to the 99.9th percentile; what is above is in the last bar.
std::string svg_histogram(const std::string& what, const distribution& values);

} // namespace pier::ping
