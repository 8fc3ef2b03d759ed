// Request targets, RFC 9112 3.2, and the way from a target's path to a name in a file tree. No I/O.
#pragma once

#include "pier/base/ascii.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

enum class target_form {
    origin,    ///< "/where?q=now"
    absolute,  ///< "http://example.com/where?q=now"
    authority, ///< "example.com:80", of CONNECT alone
    asterisk   ///< "*", of OPTIONS alone
};

/// Views into the text it was parsed from, or to a literal.
struct request_target {
    target_form form = target_form::origin;
    std::string_view scheme;    ///< absolute form: http or https, in whatever case
    std::string_view authority; ///< absolute and authority form: good for split_host()
    std::string_view path;      ///< origin and absolute form: begins with '/', still percent-encoded
    std::optional<std::string_view> query; ///< without the '?'; present and empty differs from absent
};

/// Reads a target as RFC 3986 has it, and nothing looser: bytes that must be percent-encoded, malformed
/// percent-encodings, fragments and userinfo give nothing, as does an absolute form that is not http or
/// https. The one exception are square brackets in path and query, which browsers leave as they are.
///
/// `connect` says that the method is CONNECT, whose target is an authority with a port and nothing else. That
/// "*" comes with OPTIONS is for the caller to check.
std::optional<request_target> parse_target(std::string_view text, bool connect = false);

/// Turns a target's path into a path of names: percent-encodings decoded once, then "." and ".." resolved
/// (beyond the root they stay there, RFC 3986 5.2.4) and empty segments dropped. The result begins with '/',
/// ends with one if the path names a folder by its form, and holds neither "//" nor a "." or ".." segment;
/// its bytes need not be UTF-8.
///
/// False, with `out` left in any state, if `path` does not begin with '/', or holds a malformed
/// percent-encoding, an encoded slash or NUL, a raw control byte, or a backslash, encoded or not. Other
/// control bytes, encoded, may stand in the name of a file.
bool decode_path(std::string_view path, std::string& out);

namespace detail {
/// What RFC 3986 lets stand in a segment, '%' not; and the brackets.
inline constexpr byte_set segment_chars = alnum_chars.with(byte_set("-._~!$&'()*+,;=:@[]"));
} // namespace detail

/// True only if decode_path() would succeed and change nothing, so that `path` can be used as it is. Says
/// false of every path with a percent-encoding, and of some others that have a segment beginning with a dot.
constexpr bool is_plain_path(std::string_view path)
{
    if (!path.starts_with('/'))
        return false;
    for (std::size_t at = 0; at < path.size(); ++at) {
        if (detail::segment_chars.contains(path[at]))
            continue;
        if (path[at] != '/' || (at + 1 < path.size() && (path[at + 1] == '/' || path[at + 1] == '.')))
            return false;
    }
    return true;
}

} // namespace pier::http
