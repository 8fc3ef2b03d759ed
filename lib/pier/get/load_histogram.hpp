// A histogram of latencies for a terminal. Its rows divide the time logarithmically, as latencies are spread;
// its bars are as long as there are answers, and each row says how many. No I/O.
#pragma once

#include "pier/base/distribution.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pier::get {

/// Round numbers of nanoseconds between the extremes, ascending, as close as `most_rows` allows.
std::vector<std::int64_t> histogram_borders(std::int64_t min, std::int64_t max, std::size_t most_rows);

/// Lines; none where there are fewer than two values, or all are the same. `width` of the longest bar.
std::string histogram(const distribution& values, std::size_t most_rows = 16, std::size_t width = 40);

} // namespace pier::get
