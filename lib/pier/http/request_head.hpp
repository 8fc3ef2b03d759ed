// Writing the head of a request (RFC 9112 section 3). No I/O.
#pragma once

#include "pier/http/fields.hpp"
#include "pier/http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

enum class target_choice : unsigned char {
    origin,    ///< "/path?query"
    absolute,  ///< "http://host/path": to a proxy
    authority, ///< "host:443": CONNECT
    asterisk   ///< "*": OPTIONS of a whole server
};

struct request_framing {
    enum class body : unsigned char { none, length, chunked };
    body kind = body::none;
    std::uint64_t length = 0; ///< a length of 0 is said: POST without it has servers wait (RFC 9110 8.6)
};

/// What makes a field: `name` a token, `value` without CR, LF, NUL or another control byte but HTAB.
bool valid_field(std::string_view name, std::string_view value);
/// "Name: value" as people write it, or "Name;" for an empty value; false: it is none.
bool add_field_line(fields& into, std::string_view line);
/// "Basic dXNlcjpwYXNz": the value of Authorization for "user:pass" (RFC 7617).
std::string basic_credentials(std::string_view user_and_password);
/// Whether a field of that name is there.
bool has_field(const fields& in, std::string_view name);

/// Appends request line, Host (unless `headers` has one), `headers`, framing, Connection where `close`, the
/// empty line. An empty string, or why nothing was appended: "`GE T` is no method".
std::string append_request_head(std::string& out, std::string_view method, const url& to, target_choice form,
                                const fields& headers, const request_framing& framing, bool close);

} // namespace pier::http
