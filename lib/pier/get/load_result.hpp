// What a load test came to: what its reports tell. No I/O.
#pragma once

#include "pier/get/load_tally.hpp"

#include <cstdint>
#include <string>

namespace pier::get {

struct load_result {
    // What was asked for.
    std::string method, url; ///< the first of several
    std::uint64_t urls = 1;
    std::string address; ///< who answered
    std::uint64_t connections = 0, threads = 0;
    std::uint64_t rate = 0; ///< wanted, a second; 0: a closed loop
    bool keep_alive = true;

    // What came of it.
    load_tally tally;
    moment measured = 0;      ///< how long: until the last answer or, if a time was set, for that time
    double busy = 0;          ///< of the thread that had most to do, the part of that time, 0 to 1
    bool interrupted = false; ///< by a signal

    double seconds() const { return static_cast<double>(measured) / 1e9; }
    double answers_per_second() const { return per_second(tally.in_time); }
    double bytes_per_second() const { return per_second(tally.bytes_in_time); }

    /// The client itself may be what limits the rate, and a part of each latency.
    bool short_of_processor() const { return busy > 0.9; }
    /// An open loop that was not one: it sent later than it meant to.
    bool late() const;

    static constexpr moment punctual =
        1'000'000; ///< the 99th percentile of lateness up to which nobody is told

private:
    double per_second(std::uint64_t n) const { return measured > 0 ? static_cast<double>(n) / seconds() : 0; }
};

/// Whether so many values can tell of the share of them above `percentile` (0 to 1): one at least is there.
bool can_tell(std::uint64_t count, double percentile);

} // namespace pier::get
