// The options that every HTTP server has: sizes, time-outs, access log.
#pragma once

#include "pier/http/server.hpp"
#include "pier/ops/options.hpp"

namespace pier::http {

class server_options {
public:
    void declare(ops::options& table);

    /// After parsing; opens the access log, which `runtime` reopens on SIGHUP. Throws ops::fatal.
    server_config config(net::runtime& runtime) const;

private:
    server_config without_log() const;

    server_config config_;
    forwarded_config forwarded_;
    std::uint64_t max_header_ = 32 * 1024;
    std::string access_log_ = "off", access_format_ = "combined";
};

} // namespace pier::http
