// The options that every server has: where it listens, with how many threads, how it stops.
#pragma once

#include "pier/net/runtime.hpp"
#include "pier/ops/options.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pier::net {

/// Adds what an option names to the list: an empty string, or what is wrong with it.
std::string add_block(cidr_list& to, const std::string& value);

class server_options {
public:
    explicit server_options(std::uint16_t default_port) : default_port_(default_port) {}

    void declare(ops::options& table);

    /// After parsing: where to listen, `--lan` and `-p` resolved. Throws ops::fatal when they contradict each
    /// other.
    std::vector<endpoint> listen() const;
    runtime_config runtime() const;

private:
    void declare_limits(ops::options& table);

    std::uint16_t default_port_;
    std::vector<endpoint> listen_;
    std::uint64_t port_ = 0;
    bool port_given_ = false;
    bool lan_ = false;
    std::uint64_t threads_ = 0;
    std::uint64_t max_connections_ = 0;
    runtime_config runtime_;
};

} // namespace pier::net
