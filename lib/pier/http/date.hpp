// HTTP-date, RFC 9110 5.6.7. Times are seconds since 1970-01-01T00:00:00Z, leap seconds not counted. No I/O,
// no clock, no locale, no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pier::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT"
inline constexpr std::size_t date_size = 29;

/// Writes an IMF-fixdate. Times outside the years 0 to 9999 are moved to the nearest second inside.
void format_date(std::int64_t time, std::span<char, date_size> into);

/// An IMF-fixdate or one of the obsolete forms, RFC 850's and asctime's. A two-digit year lies at most 50
/// years after `now` (RFC 9110 5.6.7). The name of the day must be one, but need not be the right one; second
/// 60 is the next minute's first.
std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now);

} // namespace pier::http
