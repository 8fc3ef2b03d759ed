// The options of a server's TLS: certificates, self-signed or from files, key log, handshake.
#pragma once

#include "pier/net/endpoint.hpp"
#include "pier/net/tls_server.hpp"
#include "pier/ops/options.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pier::net {

class tls_options {
public:
    /// `where` stands in the heading: what is encrypted.
    void declare(ops::options& table, const std::string& where);

    /// Whether there is to be TLS at all.
    bool given() const { return self_ || !certificates_.empty(); }

    /// After parsing: certificates are loaded, so that --check-config sees what is wrong with them. Throws
    /// ops::fatal. `addresses` are what a self-signed one is for, beside this machine's own names.
    void load(const std::vector<endpoint>& addresses, std::vector<std::string> protocols);
    /// An empty string, or what contradicts itself.
    std::string wrong() const;

    /// What has been loaded; null: nothing.
    const std::shared_ptr<tls_server>& server() const { return server_; }

private:
    std::vector<tls_certificate_files> pairs() const;

    bool self_ = false;
    std::vector<std::string> certificates_, keys_;
    tls_server_config config_;
    std::shared_ptr<tls_server> server_;
};

/// What a self-signed certificate is for: loopback, this machine's name, where it listens.
std::vector<std::string> names_for(const std::vector<endpoint>& addresses);

} // namespace pier::net
