// When to try again. No I/O, no clock.
#pragma once

#include "pier/http/client_error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pier::http {

struct retry_config {
    std::uint64_t retries = 3;
    std::chrono::milliseconds delay{200};
    std::chrono::milliseconds max_delay{30'000};
    std::chrono::milliseconds max_time{120'000};
};

/// How long to wait before try number `tries` + 1, or nothing: that was the last. `chance`: from 0 to
/// below 1.
///
/// Full jitter: any time up to a bound that doubles each time, so that clients which failed together do not
/// come back together. A server that says Retry-After is not asked before; where that lies beyond the time
/// there is, it is not asked at all.
std::optional<std::chrono::milliseconds>
wait_before_retry(const retry_config& c, std::uint64_t tries, std::chrono::milliseconds elapsed,
                  std::optional<std::chrono::milliseconds> retry_after, double chance);

/// RFC 9110 9.2.2: sent twice, it does no more than sent once.
bool is_idempotent(std::string_view method);

/// Whether it may work next time. What is not idempotent is repeated only when it was never sent.
bool is_worth_retrying(failure why, bool idempotent);
/// 408, 429 and what of 5xx is not for good.
bool is_worth_retrying(int status);

/// RFC 9110 10.2.3: seconds or a date. Nothing for anything else.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view field, std::int64_t now);

} // namespace pier::http
