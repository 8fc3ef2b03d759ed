// Which proxy the environment names for a URL, as curl and its like have it. No I/O.
#pragma once

#include "pier/http/url.hpp"

#include <functional>
#include <optional>
#include <string>

namespace pier::http {

struct proxy_choice {
    std::optional<url> proxy; ///< none: the server itself
    std::string error;        ///< what is wrong with which variable; empty: nothing
};

/// An environment variable's value; null: it is not set.
using environment = std::function<const char*(const char* name)>;

/// `http_proxy` for http, in lower case only: a web server hands HTTP_PROXY to CGI programs from a request's
/// Proxy field. `https_proxy`, HTTPS_PROXY for https; then `all_proxy`, ALL_PROXY; but none of them for who
/// stands in `no_proxy`, NO_PROXY.
proxy_choice proxy_for(const url& to, const environment& get);

/// "HOST", "HOST:PORT", "http://user:password@HOST:PORT": as an option or a variable names a proxy. The port
/// is 1080 when none is said, as with curl.
std::optional<url> parse_proxy(std::string_view text, std::string& why);

/// `*` is everyone. A name is that host and all beneath it, with or without a leading dot; an address or
/// block of addresses (192.168.0.0/16, fe80::/10) the hosts that are written as addresses; each perhaps with
/// a port. Separated by commas or spaces.
bool in_no_proxy(std::string_view list, const url& to);

} // namespace pier::http
