#include "pier/admin/stats.hpp"

#include "pier/base/json_writer.hpp"

namespace pier::admin {

namespace {

void write_latency(json_writer& json, const histogram_counts& durations)
{
    auto us = [](std::uint64_t nanoseconds) { return (nanoseconds + 500) / 1000; };
    json.key("latency_us").begin_object();
    json.member("count", durations.count()).member("mean", us(durations.mean()));
    json.member("p50", us(durations.percentile(0.5))).member("p90", us(durations.percentile(0.9)));
    json.member("p99", us(durations.percentile(0.99))).member("p999", us(durations.percentile(0.999)));
    json.member("max", us(durations.max())).end_object();
}

void write_certificates(json_writer& json, const tls_stats& tls)
{
    json.member("reloads", tls.reloads).member("reloads_refused", tls.reloads_refused);
    json.key("certificates").begin_array();
    for (const tls_stats::certificate& c : tls.certificates) {
        json.begin_object().member("name", std::string_view(c.name));
        json.member("file", std::string_view(c.file)).member("key", std::string_view(c.key_type));
        json.member("expires_unix_seconds", static_cast<std::uint64_t>(c.expires_unix_seconds));
        json.member("sha256", std::string_view(c.fingerprint)).member("pin", std::string_view(c.pin));
        json.end_object();
    }
    json.end_array();
}

void write_service(json_writer& json, const service_stats& s, std::size_t limit)
{
    const ops::counts& c = s.counts;
    json.begin_object().member("name", std::string_view(s.name));
    json.key("addresses").begin_array();
    for (const std::string& url : s.addresses)
        json.value(std::string_view(url));
    json.end_array().key("connections").begin_object();
    json.member("open", c.connections_open).member("accepted", c.connections_accepted);
    json.member("refused", c.connections_refused).member("limit", limit).end_object();
    json.key("tls").begin_object().member("handshakes", c.tls_handshakes);
    json.member("resumed", c.tls_handshakes_resumed).member("failed", c.tls_handshakes_failed);
    write_certificates(json, s.tls);
    json.end_object();
    json.member("requests", c.requests).key("responses").begin_object();
    for (int i = 1; i <= 5; ++i)
        json.member(std::string(1, static_cast<char>('0' + i)).append("xx"), c.responses_by_class[i]);
    json.end_object();
    json.member("bytes_sent", c.bytes_sent).member("bytes_received", c.bytes_received);
    json.key("datagrams").begin_object().member("received", c.datagrams_received);
    json.member("sent", c.datagrams_sent).member("truncated", c.datagrams_truncated);
    json.member("refused_by_source", c.datagrams_refused_by_source);
    json.member("refused_by_rate", c.datagrams_refused_by_rate);
    json.member("errors", c.datagram_errors).end_object();
    json.member("deadlines_expired", c.deadlines_expired).member("accept_errors", c.accept_errors);
    json.member("log_lines_dropped", c.log_lines_dropped).key("limits").begin_object();
    json.member("connections_refused_by_address", c.connections_refused_by_address);
    json.member("requests_refused_by_rate", c.requests_refused_by_rate);
    json.member("proxy_headers_refused", c.proxy_headers_refused).end_object();
    write_latency(json, c.request_duration);
    json.key("own").begin_object();
    for (const own_count& o : s.own)
        json.member(o.name, o.value);
    json.end_object().end_object();
}

} // namespace

stats since(stats now, const stats& earlier)
{
    for (std::size_t i = 0; i < now.services.size() && i < earlier.services.size(); ++i)
        now.services[i].counts.request_duration -= earlier.services[i].counts.request_duration;
    return now;
}

std::string to_json(const stats& s)
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("version", s.version);
    json.key("uptime_seconds").thousandths(s.uptime_milliseconds);
    json.key("event_interval_seconds").thousandths(s.event_interval_milliseconds);
    json.member("threads", s.threads).member("draining", s.draining);
    json.key("services").begin_array();
    for (const service_stats& service : s.services)
        write_service(json, service, s.connection_limit);
    json.end_array().end_object();
    return out;
}

std::string to_json(const std::vector<connection_stats>& connections, bool truncated)
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("truncated", truncated).key("connections").begin_array();
    for (const connection_stats& c : connections) {
        json.begin_object().member("service", c.service).member("peer", std::string_view(c.peer));
        json.member("phase", c.phase).member("age_seconds", c.age_seconds).member("requests", c.requests);
        json.member("bytes_sent", c.bytes_sent).member("bytes_received", c.bytes_received).end_object();
    }
    json.end_array().end_object();
    return out;
}

} // namespace pier::admin
