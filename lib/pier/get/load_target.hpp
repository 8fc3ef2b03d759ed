// What a load test sends, and to whom: the same for all its threads, and not changed while they run.
#pragma once

#include "pier/get/load_config.hpp"
#include "pier/http/method.hpp"
#include "pier/http/url.hpp"
#include "pier/net/endpoint.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pier::net {
class tls_client;
}

namespace pier::get {

struct load_target {
    std::vector<http::url> urls; ///< of one origin; asked in turn
    net::endpoint address{};
    std::shared_ptr<net::tls_client> tls{}; ///< none: plain HTTP
    std::vector<std::string> requests{};    ///< one for each URL, as they go over the connection
    http::method asked = http::method::get;
    bool repeatable = true; ///< the method is idempotent (RFC 9110 9.2.2)
    bool keep_alive = true;
    std::chrono::milliseconds connect_timeout{0}, head_timeout{0}, idle_timeout{0};

    const http::url& origin() const { return urls.front(); }

    /// All but the address. Throws ops::fatal where a URL or a field cannot be sent, or a file not be read.
    static load_target of(const request_config& r, const load_config& c);
};

} // namespace pier::get
