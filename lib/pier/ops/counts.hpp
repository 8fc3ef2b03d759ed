// The values of counters at one moment, added up over shards. Plain: for whoever reports, compares, prints.
#pragma once

#include "pier/base/histogram.hpp"
#include "pier/ops/counters.hpp"

#include <cstdint>

namespace pier::ops {

struct counts {
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0;
    std::uint64_t connections_refused_by_address = 0; ///< of those
    std::uint64_t proxy_headers_refused = 0;
    std::uint64_t tls_handshakes = 0;
    std::uint64_t tls_handshakes_resumed = 0; ///< of those
    std::uint64_t tls_handshakes_failed = 0;
    std::uint64_t requests_refused_by_rate = 0;
    std::uint64_t accept_errors = 0;
    std::uint64_t deadlines_expired = 0;
    std::uint64_t requests = 0;
    std::uint64_t responses_by_class[6] = {}; ///< as in counters
    std::uint64_t datagrams_received = 0;
    std::uint64_t datagrams_sent = 0;
    std::uint64_t datagrams_truncated = 0;
    std::uint64_t datagrams_refused_by_source = 0;
    std::uint64_t datagrams_refused_by_rate = 0;
    std::uint64_t datagram_errors = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t log_lines_dropped = 0;
    histogram_counts request_duration;

    /// From any thread.
    void add(const counters& from)
    {
        connections_accepted += from.connections_accepted.value();
        connections_open += from.connections_open.value();
        connections_refused += from.connections_refused.value();
        connections_refused_by_address += from.connections_refused_by_address.value();
        proxy_headers_refused += from.proxy_headers_refused.value();
        tls_handshakes += from.tls_handshakes.value();
        tls_handshakes_resumed += from.tls_handshakes_resumed.value();
        tls_handshakes_failed += from.tls_handshakes_failed.value();
        requests_refused_by_rate += from.requests_refused_by_rate.value();
        accept_errors += from.accept_errors.value();
        deadlines_expired += from.deadlines_expired.value();
        requests += from.requests.value();
        for (int i = 0; i < 6; ++i)
            responses_by_class[i] += from.responses_by_class[i].value();
        datagrams_received += from.datagrams_received.value();
        datagrams_sent += from.datagrams_sent.value();
        datagrams_truncated += from.datagrams_truncated.value();
        datagrams_refused_by_source += from.datagrams_refused_by_source.value();
        datagrams_refused_by_rate += from.datagrams_refused_by_rate.value();
        datagram_errors += from.datagram_errors.value();
        bytes_sent += from.bytes_sent.value();
        bytes_received += from.bytes_received.value();
        log_lines_dropped += from.log_lines_dropped.value();
        from.request_duration.add_to(request_duration);
    }
};

} // namespace pier::ops
