// The options of the admin listener.
#pragma once

#include "pier/admin/config.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/options.hpp"

#include <string>
#include <vector>

namespace pier::admin {

class options {
public:
    /// `server`: whose certificates are shown at an address with TLS; where it has no connections of its own,
    /// the options that name them are declared here. `default_address`: where to listen unless told
    /// otherwise; empty: nowhere.
    explicit options(net::server_options& server, std::string default_address = {})
        : server_(server), default_(std::move(default_address))
    {
    }

    void declare(ops::options& table);

    /// After parsing. Throws ops::fatal.
    admin::config config();

private:
    bool own_tls() const;
    std::vector<net::listen_address> addresses() const;
    admin::config resolved() const;
    std::string wrong();

    net::server_options& server_;
    std::string default_;
    std::vector<net::listen_address> listen_;
    bool off_ = false;
    admin::config config_;
};

} // namespace pier::admin
