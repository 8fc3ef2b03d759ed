// Content-Range, RFC 9110 14.4, as who receives it reads it. No I/O.
#pragma once

#include "pier/http/range.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pier::http {

struct content_range {
    std::optional<byte_range> range;   ///< none: unsatisfied, `bytes */1234`
    std::optional<std::uint64_t> size; ///< of the whole; none: the sender does not know, `*`
};

/// Nothing unless it is of bytes, the range is not empty and lies within the size.
std::optional<content_range> parse_content_range(std::string_view field);

} // namespace pier::http
