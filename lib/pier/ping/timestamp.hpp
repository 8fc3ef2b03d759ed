// Timestamps of test packets and what they may be off by: the 64-bit format of NTP (RFC 5905 6) and the
// truncated one of PTPv2 (RFC 8186 2), both of eras of 136 years; NTP's first one ends in February 2036. No
// I/O.
#pragma once

#include <chrono>
#include <cstdint>

namespace pier::ping {

enum class timestamp_format : std::uint8_t {
    ntp, ///< seconds since 1900, and their fraction in units of 2^-32
    ptp  ///< seconds since 1970, and nanoseconds
};

/// Of nanoseconds since 1970.
std::uint64_t to_timestamp(std::int64_t unix_time, timestamp_format format);

/// `later` - `earlier` in nanoseconds, across the end of an era too: right for less than 68 years.
std::int64_t timestamp_difference(std::uint64_t later, std::uint64_t earlier, timestamp_format format);

/// Nanoseconds since 1970, in the era that makes it nearest to `about`.
std::int64_t from_timestamp(std::uint64_t timestamp, timestamp_format format, std::int64_t about);

/// As it stands in a packet (RFC 4656 4.1.2): S, Z, 6 bits of scale, 8 of multiplier.
struct error_estimate {
    std::uint16_t bits = 1;

    /// Rounded up. What cannot be expressed becomes the most that can.
    static error_estimate of(std::chrono::nanoseconds error, bool synchronized,
                             timestamp_format format = timestamp_format::ntp);

    /// The clock follows UTC.
    bool synchronized() const { return bits & 0x8000; }
    timestamp_format format() const { return bits & 0x4000 ? timestamp_format::ptp : timestamp_format::ntp; }
    /// The multiplier must not be 0: such a packet is corrupt.
    bool valid() const { return bits & 0xff; }
    /// How far the clock may be off; at most what the type holds.
    std::chrono::nanoseconds bound() const;

    friend bool operator==(const error_estimate&, const error_estimate&) = default;
};

} // namespace pier::ping
