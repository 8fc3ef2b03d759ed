#include "pier/ping/duration.hpp"

#include "pier/base/ascii.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace pier::ping {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t longest = 366 * 24 * 3600 * second;

constexpr std::pair<std::string_view, std::int64_t> units[] = {
    {"h", 3600 * second}, {"m", 60 * second}, {"s", second}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}};

/// A decimal number as a whole one of `unit`s parts; nothing when it does not come out even, or is too large.
std::optional<std::int64_t> scaled(std::string_view text, std::int64_t unit, std::int64_t most)
{
    auto point = text.find('.');
    std::string_view whole = text.substr(0, point);
    std::string_view fraction = point == text.npos ? std::string_view() : text.substr(point + 1);
    if (whole.empty() || whole.size() > 18 || (point != text.npos && fraction.empty()))
        return std::nullopt;
    std::int64_t sum = 0;
    for (char c : whole) {
        if (!is_digit(c))
            return std::nullopt;
        sum = sum * 10 + (c - '0');
    }
    if (sum > most / unit)
        return std::nullopt;
    sum *= unit;
    for (char c : fraction) {
        if (!is_digit(c) || (unit % 10 != 0 && c != '0'))
            return std::nullopt;
        // 60 and 3600 are no powers of ten: tenths of a minute come out even, what is finer than the rest
        // does not.
        unit = unit % 10 == 0 ? unit / 10 : unit;
        sum += (c - '0') * unit;
    }
    return sum > most ? std::nullopt : std::optional(sum);
}

} // namespace

std::optional<std::int64_t> parse_time(std::string_view text)
{
    std::size_t letters = text.find_first_not_of("0123456789.");
    std::string_view name = letters == text.npos ? "s" : text.substr(letters);
    for (const auto& [known, unit] : units)
        if (known == name)
            return scaled(text.substr(0, letters), unit, longest);
    return std::nullopt;
}

std::string format_time(std::int64_t nanoseconds)
{
    for (const auto& [name, unit] : units)
        if (nanoseconds % unit == 0 && nanoseconds != 0)
            return std::to_string(nanoseconds / unit).append(name);
    return "0s";
}

std::optional<unsigned> parse_percent(std::string_view text)
{
    if (!text.ends_with('%'))
        return std::nullopt;
    text.remove_suffix(1);
    auto hundredths = scaled(text, 100, 10'000);
    return hundredths ? std::optional(static_cast<unsigned>(*hundredths)) : std::nullopt;
}

std::string format_percent(unsigned hundredths)
{
    std::string text = std::to_string(hundredths / 100);
    if (unsigned rest = hundredths % 100) {
        text.append(".").append(1, static_cast<char>('0' + rest / 10));
        if (rest % 10)
            text.push_back(static_cast<char>('0' + rest % 10));
    }
    return text + "%";
}

} // namespace pier::ping
