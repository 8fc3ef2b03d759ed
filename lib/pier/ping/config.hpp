// What the pinger is told to do.
#pragma once

#include "pier/base/schedule.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/target.hpp"
#include "pier/ping/target.hpp"
#include "pier/ping/thresholds.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pier::ping {

struct config {
    std::vector<net::target> targets;
    // At most one of each:
    bool text = false, tcp = false, icmp = false; ///< none: STAMP
    bool ipv4 = false, ipv6 = false;              ///< none: either

    std::optional<std::uint64_t>
        count; ///< to each target; 0: until it is stopped; not said: 10, or by `duration`
    std::int64_t interval = 1'000'000'000; ///< between two of them, nanoseconds
    std::int64_t rate = 0;                 ///< a second, instead of `interval`; 0: none
    std::int64_t duration = 0;             ///< nanoseconds; 0: as long as `count` takes
    std::int64_t wait = 1'000'000'000;     ///< for an answer
    bool spin = false;                     ///< wait for due times and answers without sleeping

    std::size_t size = 0; ///< octets of a probe's payload; 0: as few as there can be
    std::string key;      ///< a file; empty: unauthenticated
    std::uint16_t ssid = 0;
    bool stateful = false; ///< the reflector counts for itself, for sure
    int dscp = -1;
    int hop_limit = -1; ///< -1: 255 with STAMP, else the system's

    bool json = false;
    bool quiet = false; ///< the summary alone
    bool plot = false;
    std::string html;                     ///< a file
    std::int64_t window = 60'000'000'000; ///< of rolling figures
    std::optional<net::endpoint> admin;   ///< where Prometheus asks
    thresholds limits;

    period every() const { return rate ? period::rate(rate) : period::every(interval); }
    protocol how() const
    {
        return text ? protocol::text : tcp ? protocol::tcp : icmp ? protocol::icmp : protocol::stamp;
    }
    /// How many probes each target gets; 0: no end.
    std::uint64_t probes() const;
    /// Runs for a time or without end tell rolling figures.
    bool continuous() const { return duration != 0 || count == 0; }

    /// An empty string, or what is wrong with it.
    std::string validate() const;

    static constexpr std::size_t most_targets = 256;
    static constexpr std::uint64_t most_rate = 1'000'000; ///< probes a second, of all targets together
};

/// 8620, 12001; 0: there is none.
std::uint16_t default_port(protocol p);

} // namespace pier::ping
