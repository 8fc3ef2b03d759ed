#include "pier/base/units.hpp"
#include "pier/get/load_histogram.hpp"
#include "pier/get/load_report.hpp"
#include "pier/get/progress.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace pier::get {

namespace {

constexpr std::array<std::pair<double, const char*>, 7> percentiles{{{0.5, "p50"},
                                                                     {0.75, "p75"},
                                                                     {0.9, "p90"},
                                                                     {0.95, "p95"},
                                                                     {0.99, "p99"},
                                                                     {0.999, "p99.9"},
                                                                     {0.9999, "p99.99"}}};

std::string number(double value, int digits)
{
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string ms(double nanoseconds)
{
    return format_ms(std::llround(nanoseconds));
}

/// "50 connections", "1 connection".
std::string count(std::uint64_t n, std::string_view what)
{
    return std::to_string(n).append(" ").append(what).append(n == 1 ? "" : "s");
}

std::string line(std::string_view name, const std::string& what)
{
    std::string text(name);
    text.resize(std::max<std::size_t>(text.size() + 1, 14), ' ');
    return text + what + "\n";
}

std::string requests(const load_result& r)
{
    const load_tally& t = r.tally;
    std::string text = std::to_string(t.answered) + " answered, " + std::to_string(t.failed()) + " failed";
    if (t.under_way())
        text += ", " + std::to_string(t.under_way()) + " under way at the end";
    if (t.unsent)
        text += ", " + std::to_string(t.unsent) + " due and not sent";
    if (t.warm_up)
        text += "; before these " + std::to_string(t.warm_up) + " to warm up";
    return line("requests", text);
}

std::string rates(const load_result& r)
{
    const load_tally& t = r.tally;
    std::string text = line("time", number(r.seconds(), 3) + " s");
    std::string wanted = r.rate ? ", " + std::to_string(r.rate) + " wanted" : "";
    text += line("rate", number(r.answers_per_second(), 1) + " answers a second" + wanted);
    if (t.answered == 0)
        return text;
    auto each = [&](std::uint64_t n) { return bytes_in_words(n / t.answered); };
    return text + line("received", bytes_in_words(static_cast<std::uint64_t>(r.bytes_per_second())) +
                                       " a second; an answer has " + each(t.head_bytes) + " of head and " +
                                       each(t.body_bytes) + " of body");
}

std::string connections(const load_result& r)
{
    const load_tally& t = r.tally;
    std::string text = std::to_string(t.opened) + " made";
    if (t.not_opened)
        text += ", " + std::to_string(t.not_opened) + " could not be made";
    if (t.closed)
        text += ", " + std::to_string(t.closed) + " closed by the server after an answer";
    if (t.died)
        text += ", " + std::to_string(t.died) + " closed by it unannounced";
    if (t.repeated)
        text += " (" + count(t.repeated, "request") + " sent again for that)";
    if (t.connect.count())
        text += "; making one took " + ms(t.connect.mean()) + " ms on average, " +
                format_ms(t.connect.max()) + " ms at most";
    return line("connections", text);
}

std::string statuses(const load_tally& t)
{
    std::string text;
    for (std::size_t status = 0; status < t.statuses.size(); ++status)
        if (t.statuses[status])
            text += (text.empty() ? "" : ", ") + std::to_string(status) + ": " +
                    std::to_string(t.statuses[status]);
    return text.empty() ? "" : line("status", text);
}

std::string failures(const load_tally& t)
{
    std::string text;
    for (std::size_t i = 0; i < t.failures.size(); ++i)
        if (t.failures[i])
            text += "  " + line(to_string(static_cast<http::failure>(i)),
                                std::to_string(t.failures[i]) + ": " + t.sentences[i]);
    return text.empty() ? "" : "failures\n" + text;
}

std::string value_line(std::string_view name, const std::string& value)
{
    std::string text = "  " + std::string(name);
    text.resize(12, ' ');
    text.append(value.size() < 12 ? 12 - value.size() : 0, ' ');
    return text + value + "\n";
}

std::string latencies(const load_result& r)
{
    const distribution& d = r.tally.latency;
    if (d.count() == 0)
        return {};
    std::string text = "latency in ms, of " + count(d.count(), "answer") +
                       (r.rate ? ", from when each request was due\n" : "\n");
    text += value_line("min", format_ms(d.min())) + value_line("mean", ms(d.mean()));
    if (d.count() > 1)
        text += value_line("stddev", ms(d.stddev()));
    bool silent = false;
    for (auto [share, name] : percentiles) {
        bool known = can_tell(d.count(), share);
        silent = silent || !known;
        text += value_line(name, known ? format_ms(d.percentile(share)) : "-");
    }
    text += value_line("max", format_ms(d.max()));
    if (silent)
        text += "  -: there are too few answers to tell\n";
    std::string picture = histogram(d);
    return picture.empty() ? text : text + "\n" + picture;
}

std::string spread(const distribution& d)
{
    std::string text;
    for (auto [share, name] : {std::pair{0.5, "p50 "}, std::pair{0.99, "p99 "}})
        if (can_tell(d.count(), share))
            text += name + format_ms(d.percentile(share)) + ", ";
    return text + "max " + format_ms(d.max()) + " ms";
}

std::string open_loop(const load_tally& t)
{
    std::string text;
    if (t.service.count())
        text += line("from sending", spread(t.service));
    if (t.waited.count())
        text += line("waited", spread(t.waited) + ", for a connection to be free");
    if (t.late.count())
        text += line("sent late", spread(t.late) + ", with one free: this program's part");
    return text;
}

} // namespace

std::string load_heading(const load_result& r)
{
    std::string text = r.method + " " + r.url;
    if (r.urls > 1)
        text += " and " + count(r.urls - 1, "more URL");
    text += "\n" + count(r.connections, "connection");
    if (!r.keep_alive)
        text += ", each for one request,";
    text += " on " + count(r.threads, "thread");
    text += r.rate ? "; " + count(r.rate, "request") + " a second are due, however long answers take"
                   : "; each sends again when it has its answer";
    return text + "\n";
}

std::string load_text(const load_result& r)
{
    std::string text = requests(r) + rates(r) + connections(r) + statuses(r.tally) + failures(r.tally);
    text += (r.tally.latency.count() ? "\n" : "") + latencies(r);
    if (r.rate)
        text += "\n" + open_loop(r.tally);
    for (const std::string& warning : load_warnings(r))
        text += "\nNote: " + warning + "\n";
    return text;
}

} // namespace pier::get
