#include "pier/base/units.hpp"

#include "pier/base/ascii.hpp"

#include <limits>
#include <span>

namespace pier {

namespace {

struct unit {
    std::string_view name;
    std::uint64_t value;
};

// Largest first, as formatting wants it.
constexpr unit duration_units[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr unit size_units[] = {
    {"T", 1ull << 40}, {"G", 1ull << 30}, {"M", 1ull << 20}, {"k", 1ull << 10}, {"", 1}};

constexpr std::size_t max_fraction_digits = 9;

std::string_view take_digits(std::string_view& text)
{
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count]))
        ++count;
    std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

const unit* find_unit(std::span<const unit> units, std::string_view name)
{
    for (const unit& candidate : units)
        if (iequals(candidate.name, name))
            return &candidate;
    return nullptr;
}

/// In the largest unit that `value` is a whole number of. Any unit would do for 0.
std::string format_in_units(std::uint64_t value, std::span<const unit> units, const unit& for_zero)
{
    const unit* best = &for_zero;
    if (value != 0)
        for (best = units.data(); value % best->value != 0;)
            ++best;
    return std::to_string(value / best->value) + std::string(best->name);
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text)
{
    auto whole = parse_u64(take_digits(text));
    std::uint64_t fraction = 0;
    std::uint64_t fraction_scale = 1;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        std::string_view digits = take_digits(text);
        if (digits.empty() || digits.size() > max_fraction_digits)
            return std::nullopt;
        fraction = *parse_u64(digits);
        for (std::size_t i = 0; i < digits.size(); ++i)
            fraction_scale *= 10;
    }
    const unit* scale = find_unit(duration_units, text.empty() ? "s" : text);
    if (!whole || !scale || fraction * scale->value % fraction_scale != 0)
        return std::nullopt;

    std::uint64_t below_one = fraction * scale->value / fraction_scale;
    std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (*whole > (most - below_one) / scale->value)
        return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(*whole * scale->value + below_one));
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
    auto number = parse_u64(take_digits(text));
    const unit* scale = find_unit(size_units, text);
    if (!number || !scale || *number > std::numeric_limits<std::uint64_t>::max() / scale->value)
        return std::nullopt;
    return *number * scale->value;
}

std::string format_duration(std::chrono::milliseconds duration)
{
    return format_in_units(static_cast<std::uint64_t>(duration.count()), duration_units, duration_units[3]);
}

std::string format_ms(std::int64_t nanoseconds)
{
    std::int64_t size = nanoseconds < 0 ? -nanoseconds : nanoseconds;
    std::int64_t microseconds = (size + 500) / 1000;
    std::string fraction = std::to_string(1000 + microseconds % 1000).substr(1);
    return (nanoseconds < 0 ? "-" : "") + std::to_string(microseconds / 1000) + "." + fraction;
}

std::string format_size(std::uint64_t bytes)
{
    return format_in_units(bytes, size_units, size_units[4]);
}

} // namespace pier
