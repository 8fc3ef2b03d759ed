// The options of a monitor of heartbeats.
#pragma once

#include "pier/beat/config.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/options.hpp"

namespace pier::beat {

class options {
public:
    /// `server`, which says where packets are heard: texts follow its --lan.
    explicit options(const net::server_options& server) : server_(server) {}

    void declare(ops::options& table);

    /// After parsing.
    beat::config config() const;

private:
    std::vector<std::string> text_addresses() const;
    std::string set_text_listen(const std::string& value);
    std::string set_timeout(const std::string& value);
    std::vector<std::string> timeout() const;
    void declare_judging(ops::options& table);
    void declare_telling(ops::options& table);
    void declare_webhook(ops::options& table);

    const net::server_options& server_;
    beat::config config_;
    bool text_given_ = false;
    std::string exec_;
};

/// A decimal number of those bounds, as an option's setter and getter.
ops::option number_option(std::string name, std::string value_name, std::string help, double& into,
                          double least, double most);

} // namespace pier::beat
