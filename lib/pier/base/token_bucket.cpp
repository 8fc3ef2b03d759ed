#include "pier/base/token_bucket.hpp"

#include "pier/base/ascii.hpp"

namespace pier {

namespace {

std::optional<std::int64_t> period_of(std::string_view unit)
{
    if (unit == "s")
        return 1000;
    if (unit == "m")
        return 60'000;
    if (unit == "h")
        return 3'600'000;
    if (unit == "d")
        return rate_limit::most_period;
    return std::nullopt;
}

std::optional<std::int64_t> parse_count(std::string_view text)
{
    auto count = parse_u64(text);
    if (!count || *count == 0 || *count > static_cast<std::uint64_t>(rate_limit::most_requests))
        return std::nullopt;
    return static_cast<std::int64_t>(*count);
}

} // namespace

std::optional<rate_limit> rate_limit::parse(std::string_view text)
{
    auto slash = text.find('/');
    if (slash == text.npos)
        return std::nullopt;
    auto count = parse_count(text.substr(0, slash));
    std::string_view unit = text.substr(slash + 1);
    auto colon = unit.find(':');
    auto burst = colon == unit.npos ? count : parse_count(unit.substr(colon + 1));
    auto period = period_of(unit.substr(0, colon));
    if (!count || !burst || !period)
        return std::nullopt;
    return rate_limit{*count, *period, *burst};
}

rate_limit rate_limit::bytes_per_second(std::uint64_t bytes)
{
    auto count = static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, most_bytes));
    return {count, 1000, std::max(count / 4, least_burst)};
}

} // namespace pier
