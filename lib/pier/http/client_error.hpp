// Why there is no answer, or not all of it: a class for programs, a sentence for people. No I/O.
#pragma once

#include <string>
#include <string_view>

namespace pier::http {

enum class failure : unsigned char {
    none,
    bad_request,     ///< the request cannot be sent as it is: nothing was sent
    unknown_host,    ///< the name has no address
    refused,         ///< nobody listens there
    unreachable,     ///< any other reason why there is no connection
    connect_timeout, ///< resolving and connecting took too long
    tls,             ///< the handshake failed: certificate, host name, version
    tls_timeout,
    proxy,        ///< the proxy did not connect us
    send,         ///< the connection broke while the request was sent, and no answer had come
    send_timeout, ///< the server did not take more of the request
    head_timeout, ///< no answer's head in time
    closed_early, ///< closed before the head was complete
    body_timeout, ///< the body stopped coming
    truncated,    ///< closed before the body was complete
    malformed,    ///< not HTTP/1.0 or 1.1, or broken in its framing
    too_large,    ///< head or trailers beyond the limits
    crowded,      ///< no connection became free in time, or too many wait for one
    cancelled,    ///< by the caller, or because the client is draining
};

/// "refused", "connect-timeout": for JSON and metrics.
std::string_view to_string(failure f);

struct client_error {
    failure kind = failure::none;
    std::string sentence{}; ///< "nobody listens on 127.0.0.1:81 (connection refused)": no capital, no stop

    explicit operator bool() const { return kind != failure::none; }
};

} // namespace pier::http
