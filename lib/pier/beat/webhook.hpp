// Telling a web server of alerts: what it is told, and how stubbornly. No I/O.
#pragma once

#include "pier/beat/event.hpp"
#include "pier/http/fields.hpp"
#include "pier/http/url.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace pier::beat {

struct webhook_config {
    std::optional<http::url> url;              ///< none: nobody is told
    std::string token;                         ///< a file with a bearer token (RFC 6750); empty: none is sent
    std::string ca;                            ///< a file of authorities to trust; empty: the system's
    std::chrono::milliseconds timeout{10'000}; ///< of one try, from the name's resolution to the end
    std::uint64_t retries = 5;                 ///< after the first try
    std::uint64_t queue = 1000;                ///< so many alerts wait; further ones are dropped
};

/// The first wait between two tries, and the longest. Each time it doubles; see http::wait_before_retry().
inline constexpr std::chrono::milliseconds webhook_delay{1'000}, webhook_max_delay{60'000};
/// Nor longer than this for one alert, whatever Retry-After says.
inline constexpr std::chrono::milliseconds webhook_max_time{600'000};

/// The body of a request: the event as in the file of events, with a sentence in `text`.
std::string webhook_body(const event& e);
/// `token`: empty for none.
http::fields webhook_fields(const std::string& token);
/// Whether the alert has arrived.
bool is_taken(int status);

} // namespace pier::beat
