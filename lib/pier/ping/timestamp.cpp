#include "pier/ping/timestamp.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace pier::ping {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t from_1900_to_1970 = 2'208'988'800;
constexpr std::uint64_t low = 0xffff'ffff;

} // namespace

std::uint64_t to_timestamp(std::int64_t unix_time, timestamp_format format)
{
    std::int64_t seconds = unix_time / second, rest = unix_time % second;
    if (rest < 0)
        rest += second, --seconds;
    auto nanoseconds = static_cast<std::uint64_t>(rest);
    if (format == timestamp_format::ptp)
        return static_cast<std::uint64_t>(seconds) << 32 | nanoseconds;
    // To the nearest 2^-32 s, which is less than a quarter of a nanosecond.
    return (static_cast<std::uint64_t>(seconds + from_1900_to_1970) << 32) +
           ((nanoseconds << 32) + second / 2) / second;
}

std::int64_t timestamp_difference(std::uint64_t later, std::uint64_t earlier, timestamp_format format)
{
    if (format == timestamp_format::ptp) {
        auto seconds = static_cast<std::int32_t>((later >> 32) - (earlier >> 32));
        return seconds * second + static_cast<std::int64_t>(later & low) -
               static_cast<std::int64_t>(earlier & low);
    }
    auto difference = static_cast<std::int64_t>(later - earlier);
    std::uint64_t fraction = static_cast<std::uint64_t>(difference) & low;
    return (difference >> 32) * second + static_cast<std::int64_t>((fraction * second + (1u << 31)) >> 32);
}

std::int64_t from_timestamp(std::uint64_t timestamp, timestamp_format format, std::int64_t about)
{
    return about + timestamp_difference(timestamp, to_timestamp(about, format), format);
}

error_estimate error_estimate::of(std::chrono::nanoseconds error, bool synchronized, timestamp_format format)
{
    constexpr std::int64_t most_seconds = std::int64_t{1} << 30; // 34 years: enough, and no overflow below
    std::int64_t nanoseconds = std::clamp<std::int64_t>(error.count(), 0, most_seconds * second);
    auto seconds = static_cast<std::uint64_t>(nanoseconds / second);
    auto rest = static_cast<std::uint64_t>(nanoseconds % second);
    std::uint64_t multiplier = (seconds << 32) + ((rest << 32) + second - 1) / second;
    unsigned scale = 0;
    for (; multiplier > 0xff; ++scale)
        multiplier = (multiplier + 1) / 2;
    return {static_cast<std::uint16_t>((synchronized ? 0x8000 : 0) |
                                       (format == timestamp_format::ptp ? 0x4000 : 0) | scale << 8 |
                                       std::max<std::uint64_t>(1, multiplier))};
}

std::chrono::nanoseconds error_estimate::bound() const
{
    double nanoseconds = std::ldexp(double(bits & 0xff) * double(second), (bits >> 8 & 0x3f) - 32);
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return std::chrono::nanoseconds(
        nanoseconds >= double(most) ? most : static_cast<std::int64_t>(std::ceil(nanoseconds)));
}

} // namespace pier::ping
