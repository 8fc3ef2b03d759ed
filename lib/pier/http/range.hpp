// Byte ranges, RFC 9110 14: what a Range field asks of a representation of known size. No I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pier::http {

/// Both ends included, as on the wire; never empty.
struct byte_range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    constexpr std::uint64_t size() const { return last - first + 1; }
    friend constexpr bool operator==(const byte_range&, const byte_range&) = default;
};

struct range_limits {
    /// A field with more ranges than this is ignored, and the whole sent: RFC 9110 14.2 lets a server do so
    /// against abuse. 0 ignores every Range. The work grows with its square.
    std::size_t max_ranges = 16;
    /// Ranges with fewer bytes than this between them are sent as one: a part's head costs about as many.
    std::uint64_t coalesce_gap = 80;
};

enum class range_outcome {
    whole,        ///< Range is to be ignored: 200
    partial,      ///< 206 with `ranges`; multipart/byteranges if they are several
    unsatisfiable ///< 416, also where "bytes=" is followed by what is no range set
};

/// Judges the value of one Range field against a representation of `size` bytes, and leaves what to send in
/// `ranges` (which is emptied first and may keep its memory from call to call): in the order asked for,
/// clamped to the size, those that overlap or nearly touch joined at the place of the first of them. Where
/// all ranges together, before that, would be more bytes than the whole, the whole is sent. The caller has
/// seen to it that the method is GET and that If-Range does not speak against it.
range_outcome parse_range(std::string_view field, std::uint64_t size, const range_limits& limits,
                          std::vector<byte_range>& ranges);

/// Room for the longest Content-Range value.
using content_range_buffer = std::array<char, 72>;

/// "bytes 0-499/1234"; the view is into `buffer`.
std::string_view format_content_range(const byte_range& range, std::uint64_t size,
                                      content_range_buffer& buffer);

/// "bytes */1234", for a 416.
std::string_view format_unsatisfied_range(std::uint64_t size, content_range_buffer& buffer);

} // namespace pier::http
