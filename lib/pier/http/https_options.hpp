// The options of an HTTP server that has TLS: how browsers are led there, and kept there.
#pragma once

#include "pier/http/redirect_server.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/options.hpp"

#include <string>
#include <vector>

namespace pier::http {

class https_options {
public:
    /// `server`: whose addresses those of TLS are. Declare it first.
    explicit https_options(net::server_options& server) : server_(server) {}

    void declare(ops::options& table);

    bool redirects() const { return !listen_.empty(); }
    /// The folder beneath which an ACME client lays challenges; empty: the site's own.
    const std::string& acme_webroot() const { return acme_webroot_; }

    /// With what answers are to say over TLS.
    server_config apply(server_config to) const;
    /// After the addresses with TLS are bound; `bound` may hold others. Throws ops::fatal.
    void add_to(net::runtime& runtime, const server_config& like, const std::vector<net::endpoint>& bound,
                handler_factory challenges) const;

private:
    std::string wrong() const;
    std::string set_hsts(const std::string& value);
    std::uint16_t port_among(const std::vector<net::endpoint>& bound) const;

    net::server_options& server_;
    std::vector<net::endpoint> listen_;
    std::uint64_t port_ = 0;
    std::string acme_webroot_;
    std::optional<std::uint64_t> hsts_;
};

} // namespace pier::http
