// Which connections are alike: any of them may carry a request to that server. No I/O.
#pragma once

#include "pier/http/url.hpp"

#include <memory>
#include <optional>
#include <string>

namespace pier::net {
class tls_client;
}

namespace pier::http {

struct client_route {
    bool secure = false;
    std::string host; ///< of the server
    std::uint16_t port = 0;
    std::optional<url> proxy;
    std::shared_ptr<net::tls_client> tls; ///< where `secure`

    static client_route of(const url& to, const std::optional<url>& proxy,
                           std::shared_ptr<net::tls_client> tls);

    /// Through a proxy, plain http goes to the proxy itself, whatever the server is; https is tunnelled.
    bool to_proxy() const { return proxy && !secure; }
    bool tunnelled() const { return proxy && secure; }
    /// Whom to connect to.
    const std::string& first_host() const { return proxy ? proxy->host : host; }
    std::uint16_t first_port() const { return proxy ? proxy->port : port; }
    /// Equal for what is alike.
    std::string key() const;
};

} // namespace pier::http
