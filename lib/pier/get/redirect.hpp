// Following redirects (RFC 9110 15.4). No I/O.
#pragma once

#include "pier/http/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pier::get {

/// 301, 302, 303, 307, 308.
bool is_redirect(int status);

struct redirected {
    http::url to;
    std::string method;
    bool with_content = true;     ///< the request's goes along
    bool with_credentials = true; ///< its fields of is_credential() go along: it is the same origin
    std::string
        wrong{}; ///< why it is not followed, to go after "the server redirects "; then all else is void
};

/// `location`: the field, where there is one.
redirected follow(const http::url& from, std::string_view method, int status,
                  std::optional<std::string_view> location);

/// Fields that are for one server's eyes.
bool is_credential(std::string_view field_name);
/// Fields that are about the request's content.
bool describes_content(std::string_view field_name);

} // namespace pier::get
