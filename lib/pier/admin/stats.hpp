// What the process counts, as its operator is told: collected elsewhere, written here as JSON and in
// Prometheus' text format. Pure.
#pragma once

#include "pier/ops/counts.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pier::admin {

/// See ops::named_counter.
struct own_count {
    std::string_view name, help;
    ops::named_counter::kind type;
    std::uint64_t value;
};

/// What a service presents by TLS.
struct tls_stats {
    struct certificate {
        std::string name, file, key_type, fingerprint, pin;
        std::int64_t expires_unix_seconds;
    };
    std::vector<certificate> certificates;
    std::uint64_t reloads = 0, reloads_refused = 0;
};

struct service_stats {
    std::string name;
    std::vector<std::string> addresses{}; ///< as URLs
    ops::counts counts{};
    std::vector<own_count> own{};
    tls_stats tls{}; ///< no certificates: it speaks no TLS, or presents what a service before it does
};

struct stats {
    std::string_view version;
    std::uint64_t uptime_milliseconds = 0;
    std::uint64_t event_interval_milliseconds = 0;
    unsigned threads = 0;
    bool draining = false;
    std::size_t connection_limit = 0; ///< of all services together
    std::uint64_t event_readers = 0;
    std::vector<service_stats> services;
};

/// The same with the durations of those requests alone that ended since `earlier`.
stats since(stats now, const stats& earlier);

std::string to_json(const stats& s);

/// Of the whole process, as Prometheus' client libraries name it.
struct process_stats {
    std::uint64_t cpu_milliseconds = 0;
    std::uint64_t resident_bytes = 0;
    std::optional<std::uint64_t> open_descriptors; ///< nothing: could not be counted
    std::uint64_t descriptor_limit = 0;
    std::uint64_t started_unix_milliseconds = 0;
};

/// Text exposition format 0.0.4.
std::string to_metrics(const stats& s, const process_stats& process);
inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

struct connection_stats {
    std::string_view service;
    std::string peer;       ///< `192.0.2.1:50000`, `[2001:db8::1]:50000` or `unix`
    std::string_view phase; ///< fresh, idle or busy
    std::uint64_t age_seconds = 0;
    std::uint64_t requests = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
};

/// `truncated`: there are more.
std::string to_json(const std::vector<connection_stats>& connections, bool truncated);

} // namespace pier::admin
