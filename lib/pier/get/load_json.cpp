#include "pier/base/json_writer.hpp"
#include "pier/get/load_report.hpp"

#include <array>
#include <cmath>

namespace pier::get {

namespace {

void ms(json_writer& to, std::string_view name, double nanoseconds)
{
    to.key(name).decimal(std::llround(nanoseconds), 6);
}

/// A percentile that the values cannot tell is null.
void spread(json_writer& to, std::string_view name, const distribution& d)
{
    static constexpr std::array<double, 7> shares{0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999};
    static constexpr std::array<std::string_view, 7> names{"median", "p75",   "p90",   "p95",
                                                           "p99",    "p99.9", "p99.99"};
    to.key(name).begin_object().member("count", d.count());
    if (d.count()) {
        ms(to, "min", static_cast<double>(d.min()));
        ms(to, "mean", d.mean());
        ms(to, "stddev", d.stddev());
        auto values = d.percentiles(shares);
        for (std::size_t i = 0; i < names.size(); ++i)
            if (can_tell(d.count(), shares[i]))
                ms(to, names[i], static_cast<double>(values[i]));
            else
                to.key(names[i]).null();
        ms(to, "max", static_cast<double>(d.max()));
        to.member("exact", d.exact());
    }
    to.end_object();
}

void counts(json_writer& to, const load_tally& t)
{
    to.key("requests").begin_object();
    to.member("begun", t.begun).member("answered", t.answered).member("failed", t.failed());
    to.member("under_way", t.under_way()).member("unsent", t.unsent).member("warm_up", t.warm_up);
    to.end_object();
    to.key("statuses").begin_object();
    for (std::size_t status = 0; status < t.statuses.size(); ++status)
        if (t.statuses[status])
            to.member(std::to_string(status), t.statuses[status]);
    to.end_object();
    to.key("failures").begin_object();
    for (std::size_t i = 0; i < t.failures.size(); ++i)
        if (t.failures[i])
            to.member(to_string(static_cast<http::failure>(i)), t.failures[i]);
    to.end_object();
    to.key("connections").begin_object();
    to.member("opened", t.opened).member("not_opened", t.not_opened).member("closed", t.closed);
    to.member("died", t.died).member("repeated", t.repeated);
    to.end_object();
    to.key("bytes").begin_object();
    to.member("head", t.head_bytes).member("body", t.body_bytes);
    to.end_object();
}

} // namespace

std::string load_json(const load_result& r)
{
    const load_tally& t = r.tally;
    std::string line;
    json_writer to(line);
    to.begin_object();
    to.member("method", r.method).member("url", r.url).member("urls", r.urls).member("address", r.address);
    to.member("connections_wanted", r.connections).member("threads", r.threads);
    to.member("keep_alive", r.keep_alive).member("interrupted", r.interrupted);
    to.key("rate_wanted");
    r.rate ? to.value(r.rate) : to.null();
    to.key("seconds").decimal(r.measured, 9);
    to.key("rate").decimal(std::llround(r.answers_per_second() * 1000), 3);
    to.key("bytes_per_second").decimal(std::llround(r.bytes_per_second()), 0);
    to.key("busy").decimal(std::llround(r.busy * 1000), 3);
    counts(to, t);
    spread(to, "latency", t.latency);
    spread(to, "connect", t.connect);
    if (r.rate) {
        spread(to, "service", t.service);
        spread(to, "waited", t.waited);
        spread(to, "late", t.late);
    }
    to.key("notes").begin_array();
    for (const std::string& warning : load_warnings(r))
        to.value(warning);
    to.end_array().end_object();
    return line + "\n";
}

} // namespace pier::get
