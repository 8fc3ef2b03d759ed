// Answers Prometheus while a run goes on: one thread, one request after the other, from counters that it only
// reads. Pier's own HTTP server would bring its runtime, with signals and shards, into a program whose one
// loop must not be disturbed; what is needed here is a GET of one page by this machine.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/ping/metrics.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace pier::ping {

/// The whole answer to a request, given all of its head and who may be asked for. Pure.
std::string answer_metrics(std::string_view head, const net::endpoint& here,
                           const std::vector<std::unique_ptr<live_counters>>& counters);

class metrics_server {
public:
    /// None: does nothing. Throws ops::fatal when it cannot listen there.
    metrics_server(const std::optional<net::endpoint>& where,
                   const std::vector<std::unique_ptr<live_counters>>& counters);
    ~metrics_server();
    metrics_server(const metrics_server&) = delete;
    metrics_server& operator=(const metrics_server&) = delete;

private:
    void serve();
    void answer(int fd);

    const std::vector<std::unique_ptr<live_counters>>& counters_;
    net::endpoint here_;
    unique_fd listener_, stopped_;
    std::thread thread_;
};

} // namespace pier::ping
