#include "pier/ping/json_report.hpp"

#include "pier/base/json_writer.hpp"

#include <array>
#include <cmath>

namespace pier::ping {

namespace {

constexpr unsigned ms_digits = 6;

void ms(json_writer& to, std::string_view name, std::int64_t nanoseconds)
{
    to.key(name).decimal(nanoseconds, ms_digits);
}

void ms(json_writer& to, std::string_view name, double nanoseconds)
{
    ms(to, name, static_cast<std::int64_t>(std::llround(nanoseconds)));
}

json_writer& begin(json_writer& to, std::string_view type, const target& t)
{
    to.begin_object().member("type", type).member("target", t.name);
    return to;
}

std::string_view word(match m)
{
    switch (m) {
    case match::in_time: return "answer";
    case match::late: return "late";
    case match::duplicate: return "duplicate";
    default: return "stray";
    }
}

std::string_view word(fault f)
{
    switch (f) {
    case fault::corrupt: return "corrupt";
    case fault::refused: return "refused";
    case fault::unreachable: return "unreachable";
    }
    return {};
}

void spread(json_writer& to, std::string_view name, const distribution& d)
{
    if (d.count() == 0)
        return;
    static constexpr std::array<double, 7> shares{0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1};
    static constexpr std::array<std::string_view, 6> names{"median", "p90", "p95", "p99", "p99.9", "p99.99"};
    to.key(name).begin_object();
    to.member("count", d.count());
    ms(to, "min", d.min());
    ms(to, "mean", d.mean());
    auto values = d.percentiles(shares);
    for (std::size_t i = 0; i < names.size(); ++i)
        ms(to, names[i], values[i]);
    ms(to, "max", d.max());
    ms(to, "stddev", d.stddev());
    to.member("exact", d.exact());
    to.end_object();
}

void varies(json_writer& to, const variation& v)
{
    ms(to, "jitter", v.jitter());
    spread(to, "ipdv", v.ipdv());
    ms(to, "pdv_p99", v.pdv(0.99));
}

void counted(json_writer& to, const statistics& s)
{
    const auto& c = s.totals();
    to.member("sent", c.sent).member("received", c.received).member("lost", c.lost).member("late", c.late);
    to.member("duplicated", c.duplicated).member("reordered", c.reordered).member("corrupt", c.corrupt);
    to.member("stray", c.stray).member("refused", c.refused).member("unreachable", c.unreachable);
    to.member("not_sent", c.not_sent).member("under_way", s.under_way());
    to.key("loss_percent").decimal(std::llround(s.loss() * 1e6), 4);
}

void losses(json_writer& to, const statistics& s)
{
    to.key("loss_runs").begin_object();
    to.member("runs", s.runs().runs()).member("longest", s.runs().longest());
    ms(to, "longest_outage", s.runs().longest_outage());
    ms(to, "outage", s.runs().outage());
    to.end_object();
    if (!s.ways().stateful())
        return;
    std::uint64_t missing = s.totals().lost - std::min(s.totals().lost, s.totals().late);
    std::uint64_t there = std::min(s.ways().lost_there(), missing);
    std::uint64_t back = std::min(s.ways().lost_back(), missing - there);
    to.key("lost_by_direction").begin_object();
    to.member("there", there).member("back", back).member("unknown", missing - there - back);
    to.end_object();
}

void one_way_of(json_writer& to, std::string_view name, const one_way& w, bool delays)
{
    if (w.delays.delays().count() == 0)
        return;
    to.key(name).begin_object();
    if (delays)
        spread(to, "delay", w.delays.delays());
    ms(to, "varies_by", w.delays.delays().max() - w.delays.delays().min());
    varies(to, w.delays);
    if (w.hop_limit >= 0)
        to.member("ttl", w.hop_limit);
    to.end_object();
}

void one_ways(json_writer& to, const statistics& s)
{
    if (s.there().delays.delays().count() == 0)
        return;
    to.member("clocks_synchronised", s.clocks_agree());
    if (s.clocks_agree())
        ms(to, "one_way_error", std::int64_t{s.error_bound().count()});
    one_way_of(to, "there", s.there(), s.clocks_agree());
    one_way_of(to, "back", s.back(), s.clocks_agree());
}

} // namespace

std::string json_of_answer(const target& t, const answer& a, const session::arrival& what)
{
    std::string line;
    json_writer to(line);
    begin(to, word(what.is), t).member("seq", a.sequence);
    if (what.is == match::in_time || what.is == match::late || what.is == match::duplicate) {
        ms(to, "rtt", what.delays.rtt);
        ms(to, "call", what.delays.call);
        ms(to, "from_due", what.delays.from_due);
        if (what.delays.processing)
            ms(to, "processing", *what.delays.processing);
    }
    to.key("unix").decimal(a.received.wall / 1000, 6);
    to.end_object();
    return line + "\n";
}

std::string json_of_loss(const target& t, const probe& p)
{
    std::string line;
    json_writer to(line);
    begin(to, "lost", t).member("seq", p.sequence).key("unix").decimal(p.sent.wall / 1000, 6).end_object();
    return line + "\n";
}

std::string json_of_failure(const target& t, fault f, const probe* about)
{
    std::string line;
    json_writer to(line);
    begin(to, word(f), t);
    if (about)
        to.member("seq", about->sequence);
    to.end_object();
    return line + "\n";
}

std::string json_of_unsent(const target& t, const probe& p, std::string_view why)
{
    std::string line;
    json_writer to(line);
    begin(to, "not_sent", t).member("seq", p.sequence).member("why", why).end_object();
    return line + "\n";
}

std::string json_of_window(const target& t, std::int64_t now)
{
    auto w = t.session.window(now);
    std::string line;
    json_writer to(line);
    begin(to, "window", t);
    to.key("seconds").decimal(t.session.config().window / 1'000'000, 3);
    to.member("probes", w.settled)
        .member("lost", w.lost)
        .key("loss_percent")
        .decimal(std::llround(w.loss() * 1e6), 4);
    if (w.rtt.count()) {
        ms(to, "rtt_mean", static_cast<std::int64_t>(w.rtt.mean()));
        ms(to, "rtt_median", static_cast<std::int64_t>(w.rtt.percentile(0.5)));
        ms(to, "rtt_p99", static_cast<std::int64_t>(w.rtt.percentile(0.99)));
    }
    to.end_object();
    return line + "\n";
}

std::string json_summary(const target& t, std::span<const std::string> passed)
{
    const statistics& s = t.session.figures();
    std::string line;
    json_writer to(line);
    begin(to, "summary", t).member("address", t.address).member("protocol", name_of(t.how));
    counted(to, s);
    spread(to, "rtt", s.rtt());
    if (s.rtt().count())
        varies(to, s.rtt_variation());
    spread(to, "call", s.call());
    spread(to, "from_due", s.from_due());
    spread(to, "processing", s.processing());
    spread(to, "lateness", s.lateness());
    losses(to, s);
    to.member("reordering_extent", s.order().extent());
    one_ways(to, s);
    if (s.traffic_class() >= 0)
        to.member("dscp", s.traffic_class() >> 2);
    to.member("stamped_sent", s.totals().kernel_sent).member("stamped_received", s.totals().kernel_received);
    to.member("clock_steps", s.totals().clock_steps);
    to.key("passed").begin_array();
    for (const std::string& sentence : passed)
        to.value(sentence);
    to.end_array().end_object();
    return line + "\n";
}

} // namespace pier::ping
