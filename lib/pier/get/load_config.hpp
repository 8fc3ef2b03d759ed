// What --bench is told beside what is asked and of whom: how much, how fast, for how long.
#pragma once

#include "pier/get/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace pier::get {

struct load_config {
    std::chrono::milliseconds duration{0}; ///< 0: until `requests` are done or, without these, `if_unsaid`
    std::uint64_t rate = 0;                ///< requests a second over all connections, an open loop; 0: as
                                           ///< fast as answers come, a closed loop
    std::uint64_t threads = 1;             ///< event loops, among which the connections are divided
    bool keep_alive = true;                ///< false: a connection for each request
    std::chrono::milliseconds warm_up{0};  ///< requests of this long before are made and not counted

    static constexpr std::chrono::milliseconds if_unsaid{10'000};
    static constexpr std::uint64_t connections_if_unsaid = 50;

    static constexpr std::uint64_t most_rate = 10'000'000;
    static constexpr std::uint64_t most_threads = 64;
    static constexpr std::uint64_t most_connections = 100'000;
    static constexpr std::uint64_t most_requests = 1'000'000'000'000;
    static constexpr std::uint64_t most_urls = 10'000;

    /// After the end, answers to what was sent are awaited for so long.
    static constexpr std::chrono::milliseconds grace{5'000};
    /// Where a connection could not be made, a closed loop makes its next attempt after so long.
    static constexpr std::chrono::milliseconds rest{100};

    std::uint64_t connections(const request_config& r) const
    {
        if (r.concurrency)
            return r.concurrency;
        std::uint64_t usual = r.coursework ? 10 : connections_if_unsaid;
        std::uint64_t most = requests(r); // more would have nothing to do
        return most && most < usual ? most : usual;
    }
    /// 0: no number ends it.
    std::uint64_t requests(const request_config& r) const
    {
        return r.requests || duration.count() ? r.requests : r.coursework ? 10 : 0;
    }
    /// 0: no time ends it.
    std::chrono::milliseconds time(const request_config& r) const
    {
        return duration.count() || requests(r) ? duration : if_unsaid;
    }

    /// An empty string, or what is wrong with it.
    std::string validate(const request_config& r) const;
};

} // namespace pier::get
