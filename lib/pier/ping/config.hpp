// What the pinger is told to do.
#pragma once

#include "pier/net/endpoint.hpp"
#include "pier/ping/schedule.hpp"
#include "pier/ping/target.hpp"
#include "pier/ping/target_name.hpp"
#include "pier/ping/thresholds.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pier::ping {

enum class family { any, ipv4, ipv6 };

struct config {
    std::vector<target_name> targets;
    protocol how = protocol::stamp;
    ping::family family = family::any;

    std::uint64_t count = 10;                 ///< of each target; 0: until it is stopped
    period every = period::every(1'000'000'000);
    std::int64_t duration = 0;                ///< nanoseconds; 0: as long as `count` takes
    std::int64_t wait = 1'000'000'000;        ///< for an answer
    bool spin = false;                        ///< wait for due times and answers without sleeping

    std::size_t size = 0; ///< octets of a probe's payload; 0: as few as there can be
    std::string key;      ///< a file; empty: unauthenticated
    std::uint16_t ssid = 0;
    bool stateful = false; ///< the reflector counts for itself, for sure
    int dscp = -1;
    int hop_limit = -1; ///< -1: 255 with STAMP, else the system's

    bool json = false;
    bool quiet = false; ///< the summary alone
    bool plot = false;
    std::string html;                             ///< a file
    std::int64_t window = 60'000'000'000;         ///< of rolling figures
    std::optional<net::endpoint> admin;           ///< where Prometheus asks
    thresholds limits;

    bool endless() const { return count == 0 && duration == 0; }
    /// How many probes each target gets; 0: no end.
    std::uint64_t probes() const;

    /// An empty string, or what is wrong with it.
    std::string validate() const;

    static constexpr std::size_t most_targets = 256;
    static constexpr std::uint64_t most_rate = 1'000'000; ///< probes a second, of all targets together
};

/// 8620, 12001; 0: there is none.
std::uint16_t default_port(protocol p);

} // namespace pier::ping
