// Conditional requests, RFC 9110 13: what a request's preconditions make of its answer. No I/O, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pier::http {

/// Field values as they came, absent where the request has none. Several lines of a field: joined by commas.
struct conditions {
    std::optional<std::string_view> if_match{};
    std::optional<std::string_view> if_none_match{};
    std::optional<std::string_view> if_modified_since{};
    std::optional<std::string_view> if_unmodified_since{};
    std::optional<std::string_view> if_range{};
};

/// Of the representation that an unconditional request would get: after negotiation, so of the encoding sent.
struct validators {
    std::string_view etag;          ///< as in the ETag field
    std::int64_t last_modified = 0; ///< as in Last-Modified, in seconds since 1970
};

enum class precondition {
    proceed,      ///< answer as if there were no conditions
    not_modified, ///< 304
    failed        ///< 412
};

/// The steps of RFC 9110 13.2.2 up to If-Modified-Since, for a representation that exists and whose plain
/// answer would be a 2xx. `get_or_head` tells what the method is. In a malformed list of tags none matches,
/// so that If-Match fails and If-None-Match lets the answer pass; a malformed date is none.
precondition evaluate(const conditions& request, const validators& current, bool get_or_head,
                      std::int64_t now);

/// The last step: whether Range is to be obeyed, or ignored for its If-Range (RFC 9110 13.1.5). Tags are
/// compared strongly; a date must be Last-Modified exactly, and that at least a second ago (8.8.2.2).
bool range_applies(const conditions& request, const validators& current, std::int64_t now);

} // namespace pier::http
