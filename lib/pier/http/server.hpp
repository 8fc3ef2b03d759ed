// An HTTP server: configuration, and the service that plugs it into the runtime.
#pragma once

#include "pier/http/access_format.hpp"
#include "pier/http/forwarded.hpp"
#include "pier/http/handler.hpp"
#include "pier/net/runtime.hpp"
#include "pier/net/service.hpp"
#include "pier/ops/line_log.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pier::http {

struct server_config {
    head_limits limits;
    std::chrono::milliseconds timeout_header{10'000}; ///< first byte of a request to the end of its head
    std::chrono::milliseconds timeout_idle{75'000};   ///< between requests
    std::chrono::milliseconds timeout_body{60'000};   ///< a request's body making no progress
    std::chrono::milliseconds timeout_write{60'000};  ///< a response making no progress
    std::chrono::milliseconds timeout_linger{2'000};  ///< after the last answer, for the peer to read it
    std::uint64_t discard_limit = 64 * 1024;    ///< of a body that nobody wanted; more ends the connection
    std::shared_ptr<ops::line_file> access_log; ///< null: off
    access_format log_format;
    std::shared_ptr<const forwarded_config> forwarded; ///< null: nobody's word is believed
    /// Over TLS, how many seconds browsers are to remember to come by TLS alone (RFC 6797); none: unsaid.
    std::optional<std::uint64_t> hsts;
    bool limits_clients = true; ///< the limits of requests and bytes hold here, too

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// Called on each shard's own thread.
using handler_factory = std::function<std::unique_ptr<handler>(net::shard&)>;

/// For net::runtime::add.
inline const net::service_traits traits{
    .scheme = "http", .peer_speaks_first = true, .secure_scheme = "https"};
/// The same under a name of its own in reports.
inline net::service_traits traits_named(std::string name)
{
    return {.scheme = "http", .peer_speaks_first = true, .name = std::move(name), .secure_scheme = "https"};
}

/// For net::runtime::add. The configuration is copied.
net::stream_factory make_server(server_config config, handler_factory handlers);

} // namespace pier::http
