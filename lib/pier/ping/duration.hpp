// Times finer than a millisecond, shares and targets as people write them on a command line. No I/O.
#pragma once

#include "pier/base/units.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::ping {

/// "1s", "0.2s", "50ms", "250us", "100ns", "2m", "1h"; a number alone is seconds. Nanoseconds; nothing for a
/// sign, a space, another unit, a fraction of a nanosecond, or more than a year.
std::optional<std::int64_t> parse_time(std::string_view text);

/// In the largest unit that needs no fraction: "1s", "1500ms", "20us". parse_time() reads it back. Not for
/// negative ones.
std::string format_time(std::int64_t nanoseconds);

/// "1%", "0.5%" as hundredths of a percent; nothing below 0 or above 100 %, or finer than these.
std::optional<unsigned> parse_percent(std::string_view text);
std::string format_percent(unsigned hundredths);

} // namespace pier::ping
