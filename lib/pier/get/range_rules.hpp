// Asking for the rest of a file, and judging what a server makes of it (RFC 9110 13.1.5, 14, 15.3.7). No I/O.
#pragma once

#include "pier/http/answer_head.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pier::get {

/// What If-Range takes to know this answer's representation again, byte by byte: a strong entity tag, else a
/// Last-Modified that is strong (RFC 9110 8.8.2.2: at least a second older than Date). Empty: nothing does.
std::string strong_validator(const http::answer_head& head, std::int64_t now);

struct range_request {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;   ///< none: to the end
    std::string validator;               ///< for If-Range
    std::optional<std::uint64_t> size{}; ///< of the whole, where it is known

    /// "bytes=0-499", "bytes=500-"
    std::string field() const;
};

struct range_verdict {
    enum class kind {
        part,     ///< the content is what was asked for, or the beginning of that
        whole,    ///< the content is the whole, from its first byte
        complete, ///< there is no more than we have
        changed,  ///< it is another representation by now, of which this is a part
        broken,   ///< the server does not keep to the protocol: no part of its is to be trusted
        other     ///< the status is about something else
    };
    kind what = kind::other;
    std::uint64_t end = 0;             ///< of a part: the byte after its last
    std::optional<std::uint64_t> size; ///< of the whole, where it is known
    std::string why;                   ///< changed, broken: to go after "the server"
};

/// `asked`: nothing where the whole was asked for. `length`: the content's, where the head tells it.
range_verdict judge(const std::optional<range_request>& asked, const http::answer_head& head,
                    std::optional<std::uint64_t> length);

/// Whether ranges of it may be asked for.
bool takes_ranges(const http::answer_head& head);

} // namespace pier::get
