// Durations and sizes as people write them on a command line. No I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier {

/// "250ms", "10s", "1.5s", "2m", "1h", "7d"; a number alone is seconds. Nothing for a sign, a space, another
/// unit, a fraction finer than a millisecond, or more than the type can hold.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "512", "64k", "2M", "1G", "1T": bytes in powers of 1024, the letter in either case. Nothing on overflow.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// In the largest unit that needs no fraction: "90s", "2m", "1500ms"; parse_duration() reads it back. Not for
/// negative durations.
std::string format_duration(std::chrono::milliseconds duration);

/// Milliseconds with three decimals, "0.041": what a person compares. Negative ones too.
std::string format_ms(std::int64_t nanoseconds);

/// In the largest unit that needs no fraction: "64k", "1000". parse_size() reads it back.
std::string format_size(std::uint64_t bytes);

} // namespace pier
