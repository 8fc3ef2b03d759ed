#include "pier/ping/metrics.hpp"

#include "pier/base/number.hpp"

#include <string_view>

namespace pier::ping {

namespace {

using targets = std::vector<std::unique_ptr<live_counters>>;

/// Upper bounds of buckets: powers of two in nanoseconds, 8 us to 17 s, as those of Pier's servers; there the
/// histogram has edges too.
constexpr unsigned least_bound = 13, most_bound = 34;

void family(std::string& out, std::string_view name, std::string_view type, std::string_view help)
{
    out.append("# HELP ").append(name).append(" ").append(help);
    out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void label(std::string& out, std::string_view name, std::string_view target, std::string_view more = {})
{
    out.append(name).append("{target=\"");
    for (char c : target) {
        if (c == '\\' || c == '"')
            out.push_back('\\');
        out.push_back(c);
    }
    out.append("\"").append(more).append("} ");
}

void seconds(std::string& out, std::uint64_t nanoseconds)
{
    append_number(out, nanoseconds / 1'000'000'000);
    out.append(".").append(std::to_string(1'000'000'000 + nanoseconds % 1'000'000'000).substr(1));
}

void count(std::string& out, const targets& all, std::string_view name, std::string_view help,
           ops::counter live_counters::* of)
{
    family(out, name, "counter", help);
    for (const auto& t : all) {
        label(out, name, t->target);
        append_number(out, ((*t).*of).value());
        out.push_back('\n');
    }
}

void durations(std::string& out, const live_counters& t)
{
    histogram_counts rtt;
    t.rtt.add_to(rtt);
    for (unsigned bound = least_bound; bound <= most_bound; ++bound) {
        std::string more = ",le=\"";
        seconds(more, std::uint64_t{1} << bound);
        label(out, "pier_ping_rtt_seconds_bucket", t.target, more + "\"");
        append_number(out, rtt.below(std::uint64_t{1} << bound));
        out.push_back('\n');
    }
    label(out, "pier_ping_rtt_seconds_bucket", t.target, ",le=\"+Inf\"");
    append_number(out, rtt.count());
    out.push_back('\n');
    label(out, "pier_ping_rtt_seconds_sum", t.target);
    seconds(out, rtt.sum());
    out.push_back('\n');
    label(out, "pier_ping_rtt_seconds_count", t.target);
    append_number(out, rtt.count());
    out.push_back('\n');
}

} // namespace

std::string to_metrics(const targets& all)
{
    std::string out;
    count(out, all, "pier_ping_sent_total", "Probes sent.", &live_counters::sent);
    count(out, all, "pier_ping_received_total", "Probes answered in time.", &live_counters::received);
    count(out, all, "pier_ping_lost_total", "Probes without an answer in time.", &live_counters::lost);
    count(out, all, "pier_ping_late_total", "Of the lost: answered after all.", &live_counters::late);
    count(out, all, "pier_ping_duplicated_total", "Answers to what had its answer.",
          &live_counters::duplicated);
    count(out, all, "pier_ping_corrupt_total", "What came and was no answer.", &live_counters::corrupt);
    count(out, all, "pier_ping_refused_total", "Messages that nobody listens there.",
          &live_counters::refused);
    family(out, "pier_ping_rtt_seconds", "histogram", "Round-trip time on the network.");
    for (const auto& t : all)
        durations(out, *t);
    return out;
}

} // namespace pier::ping
