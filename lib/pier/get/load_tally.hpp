// What a load test has counted: of one thread, and of all together. No I/O.
#pragma once

#include "pier/base/distribution.hpp"
#include "pier/http/client_error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pier::get {

/// Nanoseconds of a monotonic clock.
using moment = std::int64_t;

struct load_tally {
    static constexpr std::size_t status_codes = 1000;
    static constexpr std::size_t failure_kinds = static_cast<std::size_t>(http::failure::cancelled) + 1;

    // Requests; what was begun is answered, failed or under way.
    std::uint64_t begun = 0;
    std::uint64_t answered = 0;
    std::uint64_t in_time = 0; ///< answered before the end of the time that is measured
    std::uint64_t unsent = 0;  ///< were due, and no connection was free until the end
    std::uint64_t warm_up = 0; ///< before that time; nowhere else in here
    std::array<std::uint64_t, status_codes> statuses{};
    std::array<std::uint64_t, failure_kinds> failures{};
    std::array<std::string, failure_kinds> sentences{}; ///< the first failure of each kind, for people

    std::uint64_t head_bytes = 0; ///< of answers, as received
    std::uint64_t body_bytes = 0; ///< without the marks of chunks
    std::uint64_t bytes_in_time = 0;

    // Connections.
    std::uint64_t opened = 0;
    std::uint64_t not_opened = 0; ///< refused, timed out, no TLS
    std::uint64_t closed = 0;     ///< by the server after an answer, as it had said
    std::uint64_t died = 0;       ///< closed by the server unannounced, without a request under way
    std::uint64_t repeated = 0;   ///< requests sent again because their kept connection had died

    // Nanoseconds.
    distribution latency; ///< of answers, from when the request was due
    distribution service; ///< of the same, from when it was sent; in an open loop
    distribution waited;  ///< from when a request was due until a connection was free; in an open loop
    distribution late;    ///< where one was free: how late this program was
    distribution connect; ///< how long connecting took, TLS included

    std::uint64_t failed() const;
    std::uint64_t under_way() const { return begun - answered - failed(); }
    std::uint64_t with_status(int hundred) const; ///< 2: 200 to 299

    void answer(int status) { ++statuses[static_cast<std::size_t>(status) % status_codes]; }
    void fail(http::failure kind, const std::string& sentence);

    load_tally& operator+=(const load_tally& other);
};

} // namespace pier::get
