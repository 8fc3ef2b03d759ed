#include "pier/admin/stats.hpp"
#include "pier/base/number.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace pier::admin {

namespace {

/// Upper bounds of the histogram's buckets: powers of two in nanoseconds, 8 us to 17 s, because there the
/// fine histogram has edges too and nothing need be guessed.
constexpr unsigned least_bound = 13, most_bound = 34;

/// Nanoseconds as seconds, every digit that counts.
void append_seconds(std::string& out, std::uint64_t nanoseconds)
{
    append_number(out, nanoseconds / 1'000'000'000);
    std::string fraction = std::to_string(1'000'000'000 + nanoseconds % 1'000'000'000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (!fraction.empty())
        out.append(".").append(fraction);
}

/// Backslash, quote and line feed, as the format wants them.
void append_label(std::string& out, std::string_view value)
{
    for (char c : value) {
        if (c == '\\' || c == '"')
            out.append({'\\', c});
        else if (c == '\n')
            out.append("\\n");
        else
            out.push_back(c);
    }
}

class exposition {
public:
    explicit exposition(const stats& s) : stats_(s) {}

    void family(std::string_view name, std::string_view type, std::string_view help)
    {
        name_ = name;
        text.append("# HELP ").append(name).append(" ").append(help);
        text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
    }

    void sample(std::uint64_t value) { number(line("", {}), value); }

    template <class Value>
    void per_service(std::string_view name, std::string_view type, std::string_view help, Value value)
    {
        family(name, type, help);
        for (const service_stats& s : stats_.services)
            number(line("", s.name), value(s.counts));
    }

    void seconds(std::string_view name, std::string_view type, std::string_view help,
                 std::uint64_t milliseconds)
    {
        family(name, type, help);
        line("", {}).append(" ");
        append_seconds(text, milliseconds * 1'000'000);
        text.append("\n");
    }

    void own(const own_count& like);
    void certificates();
    void responses();
    void durations();
    void build(std::string_view version);

    std::string text;

private:
    /// Starts a sample's line; `more` are further labels.
    std::string& line(std::string_view suffix, std::string_view service, std::string_view more = {})
    {
        text.append(name_).append(suffix);
        if (service.empty())
            return text;
        text.append("{service=\"");
        append_label(text, service);
        return text.append("\"").append(more).append("}");
    }
    static void number(std::string& out, std::uint64_t value)
    {
        out.append(" ");
        append_number(out, value);
        out.append("\n");
    }

    const stats& stats_;
    std::string_view name_;
};

void exposition::own(const own_count& like)
{
    std::string name = std::string("pier_").append(like.name);
    family(name, like.type == ops::named_counter::kind::gauge ? "gauge" : "counter", like.help);
    for (const service_stats& s : stats_.services)
        for (const own_count& o : s.own)
            if (o.name == like.name)
                number(line("", s.name), o.value);
}

/// The usual rule for alerts: pier_tls_certificate_expiry_seconds - time() < 7 * 86400.
void exposition::certificates()
{
    family("pier_tls_certificate_expiry_seconds", "gauge",
           "When a certificate expires, in seconds since 1970.");
    for (const service_stats& s : stats_.services)
        for (const tls_stats::certificate& c : s.tls.certificates) {
            std::string labels = ",name=\"";
            append_label(labels, c.name);
            append_label(labels.append("\",key=\""), c.key_type);
            append_label(labels.append("\",file=\""), c.file);
            number(line("", s.name, labels.append("\"")), static_cast<std::uint64_t>(c.expires_unix_seconds));
        }
    auto per_server = [this](std::string_view name, std::string_view help, std::uint64_t tls_stats::* what) {
        family(name, "counter", help);
        for (const service_stats& s : stats_.services)
            if (!s.tls.certificates.empty())
                number(line("", s.name), s.tls.*what);
    };
    per_server("pier_tls_reloads_total", "Times that certificates were loaded anew.", &tls_stats::reloads);
    per_server("pier_tls_reloads_refused_total", "Times that new certificates could not be used.",
               &tls_stats::reloads_refused);
}

void exposition::responses()
{
    family("pier_responses_total", "counter", "Answers, by the first digit of their status code.");
    for (const service_stats& s : stats_.services)
        for (int i = 1; i <= 5; ++i) {
            std::string label = ",class=\"" + std::to_string(i) + "xx\"";
            number(line("", s.name, label), s.counts.responses_by_class[i]);
        }
}

void exposition::durations()
{
    family("pier_request_duration_seconds", "histogram",
           "From the reading of a request's first byte until its answer was handed to the kernel.");
    for (const service_stats& s : stats_.services) {
        const histogram_counts& h = s.counts.request_duration;
        for (unsigned bit = least_bound; bit <= most_bound; ++bit) {
            std::string label = ",le=\"";
            append_seconds(label, std::uint64_t{1} << bit);
            number(line("_bucket", s.name, label.append("\"")), h.below(std::uint64_t{1} << bit));
        }
        number(line("_bucket", s.name, ",le=\"+Inf\""), h.count());
        line("_sum", s.name).append(" ");
        append_seconds(text, h.sum());
        text.append("\n");
        number(line("_count", s.name), h.count());
    }
}

void exposition::build(std::string_view version)
{
    family("pier_build_info", "gauge", "1, with the version as a label.");
    text.append("pier_build_info{version=\"");
    append_label(text, version);
    text.append("\"} 1\n");
}

void append_services(exposition& e)
{
    using c = ops::counts;
    e.per_service("pier_connections_accepted_total", "counter", "Connections accepted.",
                  [](const c& of) { return of.connections_accepted; });
    e.per_service("pier_connections_refused_total", "counter",
                  "Connections refused for want of descriptors or by a limit on connections.",
                  [](const c& of) { return of.connections_refused; });
    e.per_service("pier_connections_refused_by_address_total", "counter",
                  "Those of them that were one too many of their address.",
                  [](const c& of) { return of.connections_refused_by_address; });
    e.per_service("pier_proxy_headers_refused_total", "counter",
                  "Connections of proxies that did not begin with a whole PROXY header.",
                  [](const c& of) { return of.proxy_headers_refused; });
    e.per_service("pier_tls_handshakes_total", "counter", "TLS handshakes done.",
                  [](const c& of) { return of.tls_handshakes; });
    e.per_service("pier_tls_handshakes_resumed_total", "counter",
                  "Those of them that went on with an earlier session.",
                  [](const c& of) { return of.tls_handshakes_resumed; });
    e.per_service("pier_tls_handshakes_failed_total", "counter", "TLS handshakes that failed.",
                  [](const c& of) { return of.tls_handshakes_failed; });
    e.per_service("pier_connections_open", "gauge", "Connections open now.",
                  [](const c& of) { return of.connections_open; });
    e.per_service("pier_accept_errors_total", "counter", "Pauses in accepting after an error.",
                  [](const c& of) { return of.accept_errors; });
    e.per_service("pier_deadlines_expired_total", "counter", "Connections whose peer was too slow or silent.",
                  [](const c& of) { return of.deadlines_expired; });
    e.per_service("pier_requests_total", "counter", "Requests, malformed ones too.",
                  [](const c& of) { return of.requests; });
    e.per_service("pier_requests_refused_by_rate_total", "counter",
                  "Requests answered 429: one too many of their address.",
                  [](const c& of) { return of.requests_refused_by_rate; });
    e.responses();
    e.per_service("pier_sent_bytes_total", "counter", "Bytes handed to the kernel for peers.",
                  [](const c& of) { return of.bytes_sent; });
    e.per_service("pier_received_bytes_total", "counter", "Bytes received from peers.",
                  [](const c& of) { return of.bytes_received; });
    e.per_service("pier_datagrams_received_total", "counter", "Datagrams received, refused ones too.",
                  [](const c& of) { return of.datagrams_received; });
    e.per_service("pier_datagrams_sent_total", "counter", "Datagrams handed to the kernel for peers.",
                  [](const c& of) { return of.datagrams_sent; });
    e.per_service("pier_datagrams_truncated_total", "counter", "Datagrams that were longer than their room.",
                  [](const c& of) { return of.datagrams_truncated; });
    e.per_service("pier_datagrams_refused_by_source_total", "counter",
                  "Datagrams from ports or addresses that may not be answered.",
                  [](const c& of) { return of.datagrams_refused_by_source; });
    e.per_service("pier_datagrams_refused_by_rate_total", "counter",
                  "Datagrams dropped: one too many of their address.",
                  [](const c& of) { return of.datagrams_refused_by_rate; });
    e.per_service("pier_datagram_errors_total", "counter",
                  "Datagrams that could not be sent, and pauses in receiving after an error.",
                  [](const c& of) { return of.datagram_errors; });
    e.per_service("pier_log_lines_dropped_total", "counter",
                  "Lines of the access log that could not be written.",
                  [](const c& of) { return of.log_lines_dropped; });
    e.durations();
}

/// What services count for themselves: those of one name stand together.
void append_own(exposition& e, const stats& s)
{
    std::set<std::string_view> done;
    for (const service_stats& first : s.services)
        for (const own_count& o : first.own)
            if (done.insert(o.name).second)
                e.own(o);
}

void append_process(exposition& e, const process_stats& process)
{
    e.seconds("process_cpu_seconds_total", "counter", "Processor time used, of user and system.",
              process.cpu_milliseconds);
    e.family("process_resident_memory_bytes", "gauge", "Resident memory.");
    e.sample(process.resident_bytes);
    if (process.open_descriptors) {
        e.family("process_open_fds", "gauge", "Descriptors open.");
        e.sample(*process.open_descriptors);
    }
    e.family("process_max_fds", "gauge", "Descriptors that may be open.");
    e.sample(process.descriptor_limit);
    e.seconds("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.",
              process.started_unix_milliseconds);
}

} // namespace

std::string to_metrics(const stats& s, const process_stats& process)
{
    exposition e(s);
    append_services(e);
    append_own(e, s);
    if (std::ranges::any_of(s.services,
                            [](const service_stats& one) { return !one.tls.certificates.empty(); }))
        e.certificates();
    e.family("pier_connections_limit", "gauge", "Connections that may be open, of all services together.");
    e.sample(s.connection_limit);
    e.family("pier_event_readers", "gauge", "Readers of /api/events.");
    e.sample(s.event_readers);
    e.family("pier_threads", "gauge", "Event loops.");
    e.sample(s.threads);
    e.family("pier_draining", "gauge", "1 once the process has been asked to stop.");
    e.sample(s.draining ? 1 : 0);
    e.build(s.version);
    append_process(e, process);
    return std::move(e.text);
}

} // namespace pier::admin
