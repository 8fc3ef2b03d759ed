// The fields that Pier itself acts upon, recognised once while the head is parsed.
#pragma once

#include <cstdint>
#include <string_view>

namespace pier::http {

enum class field_id : std::uint8_t {
    other,
    host,
    connection,
    content_length,
    transfer_encoding,
    expect,
    range,
    if_range,
    if_match,
    if_none_match,
    if_modified_since,
    if_unmodified_since,
    accept_encoding,
    referer,
    user_agent,
    forwarded,
    x_forwarded_for,
    count_
};

/// Case-insensitive (RFC 9110 5.1).
field_id identify_field(std::string_view name);

} // namespace pier::http
