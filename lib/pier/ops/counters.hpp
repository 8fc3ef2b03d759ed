// What a service counts on one shard: plain fields, written by one thread, added up by whoever reports. A
// reader on another thread sees each field whole (relaxed loads and stores, which cost nothing), though not
// all fields of one moment.
#pragma once

#include "pier/base/histogram.hpp"

#include <atomic>
#include <cstdint>

namespace pier::ops {

/// One writer, any readers.
class counter {
public:
    void add(std::uint64_t n = 1) { value_.store(value_.load(relaxed) + n, relaxed); }
    void subtract(std::uint64_t n = 1) { value_.store(value_.load(relaxed) - n, relaxed); }
    std::uint64_t value() const { return value_.load(relaxed); }

private:
    static constexpr auto relaxed = std::memory_order_relaxed;
    std::atomic<std::uint64_t> value_{0};
};

/// What a service counts for itself.
struct named_counter {
    enum class kind { counter, gauge };
    const char* name; ///< "beats_lost_total": a metric's, without `pier_` in front
    const char* help;
    kind type;
    const counter* value;
};

struct counters {
    counter connections_accepted;
    counter connections_open;
    counter connections_refused;            ///< for want of descriptors or by a limit
    counter connections_refused_by_address; ///< of those: by --limit-connections-per-address
    counter proxy_headers_refused;          ///< from --proxy-protocol-from, without a whole header
    counter tls_handshakes;                 ///< done
    counter tls_handshakes_resumed;         ///< of those: of a known session
    counter tls_handshakes_failed;
    counter requests_refused_by_rate; ///< 429, by --limit-requests
    counter accept_errors;
    counter deadlines_expired;
    counter requests;
    counter responses_by_class[6]; ///< index 1 to 5: the status code's first digit; 0: ended without a status
    counter datagrams_received;    ///< refused ones too
    counter datagrams_sent;
    counter datagrams_truncated;         ///< longer than what the service has room for
    counter datagrams_refused_by_source; ///< nobody who may be answered: see net::source_guard
    counter datagrams_refused_by_rate;   ///< by --limit-datagrams
    counter datagram_errors;             ///< not sent, or trouble in receiving
    counter bytes_sent;                  ///< heads and bodies, as handed to the kernel
    counter bytes_received;
    counter log_lines_dropped;
    histogram request_duration; ///< from the first byte's reading until the answer was handed to the kernel
};

} // namespace pier::ops
