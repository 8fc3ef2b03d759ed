#include "pier/http/retry.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/date.hpp"
#include "pier/http/method.hpp"

#include <algorithm>

namespace pier::http {

using std::chrono::milliseconds;

std::optional<milliseconds> wait_before_retry(const retry_config& c, std::uint64_t tries,
                                              milliseconds elapsed, std::optional<milliseconds> retry_after,
                                              double chance)
{
    if (tries > c.retries)
        return std::nullopt;
    constexpr std::uint64_t most_doublings = 30;
    auto bound =
        std::min<std::int64_t>(c.max_delay.count(), c.delay.count() << std::min(tries - 1, most_doublings));
    milliseconds wait(static_cast<std::int64_t>(static_cast<double>(bound) * chance));
    if (retry_after)
        wait = std::max(wait, *retry_after);
    return wait > c.max_time - elapsed ? std::nullopt : std::optional(wait);
}

bool is_idempotent(std::string_view method)
{
    switch (identify_method(method)) {
    case method::get:
    case method::head:
    case method::options:
    case method::put:
    case method::delete_:
    case method::trace: return true;
    default: return false;
    }
}

bool is_worth_retrying(failure why, bool idempotent)
{
    switch (why) {
    case failure::refused:
    case failure::unreachable:
    case failure::connect_timeout:
    case failure::tls_timeout:
    case failure::proxy:
    case failure::crowded: return true;
    case failure::send:
    case failure::send_timeout:
    case failure::head_timeout:
    case failure::closed_early:
    case failure::body_timeout:
    case failure::truncated: return idempotent;
    default: return false;
    }
}

bool is_worth_retrying(int status)
{
    constexpr int not_implemented = 501, version_not_supported = 505;
    return status == 408 || status == 429 ||
           (status >= 500 && status <= 599 && status != not_implemented && status != version_not_supported);
}

std::optional<milliseconds> parse_retry_after(std::string_view field, std::int64_t now)
{
    constexpr std::int64_t longest = 366 * 24 * 3600; // what is longer never comes
    field = trim_ows(field);
    std::optional<std::int64_t> seconds;
    if (!field.empty() && std::ranges::all_of(field, is_digit))
        seconds =
            static_cast<std::int64_t>(std::min<std::uint64_t>(parse_u64(field).value_or(longest), longest));
    else if (auto date = parse_date(field, now))
        seconds = std::clamp<std::int64_t>(*date - now, 0, longest);
    if (!seconds)
        return std::nullopt;
    return std::chrono::seconds(*seconds);
}

} // namespace pier::http
