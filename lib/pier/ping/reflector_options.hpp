// The command line of a reflector, and what it starts.
#pragma once

#include "pier/net/server_options.hpp"
#include "pier/ops/options.hpp"
#include "pier/ping/impairment.hpp"
#include "pier/ping/reflector.hpp"

#include <string>
#include <vector>

namespace pier::ping {

class reflector_options {
public:
    static constexpr std::uint16_t default_port = 8620, default_text_port = 12001;

    /// `server` says where STAMP listens, and whether the text ping follows onto the network.
    explicit reflector_options(const net::server_options& server) : server_(server) {}

    void declare(ops::options& table);
    /// After parsing: adds STAMP and the text ping to `runtime`. Throws ops::fatal.
    void add_to(net::runtime& runtime) const;

private:
    void declare_stamp(ops::options& table);
    void declare_text(ops::options& table);
    void declare_impairments(ops::options& table);
    std::vector<net::endpoint> text_listen() const;
    std::vector<std::string> text_addresses() const;
    std::string wrong() const;

    const net::server_options& server_;
    reflector_config reflector_;
    std::string key_;
    std::vector<net::endpoint> text_listen_;
    bool text_off_ = false;
    impairment_config impairment_;
};

} // namespace pier::ping
