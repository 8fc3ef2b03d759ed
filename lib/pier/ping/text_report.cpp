#include "pier/ping/text_report.hpp"

#include "pier/ping/duration.hpp"

#include <array>
#include <cmath>

namespace pier::ping {

namespace {

std::string ms(double nanoseconds)
{
    return format_ms(std::llround(nanoseconds));
}

std::string count(std::uint64_t n, std::string_view what)
{
    return std::to_string(n).append(" ").append(what);
}

std::string loss_percent(double share)
{
    return format_percent(static_cast<unsigned>(std::lround(share * 10'000)));
}

/// "min/mean/median/max/stddev 0.038/0.044/0.041/0.071/0.009 ms"
std::string spread(const distribution& d)
{
    return "min/mean/median/max/stddev " + ms(double(d.min())) + "/" + ms(d.mean()) + "/" +
           ms(double(d.percentile(0.5))) + "/" + ms(double(d.max())) + "/" + ms(d.stddev()) + " ms";
}

std::string tail(const distribution& d)
{
    static constexpr std::array<double, 5> shares{0.9, 0.95, 0.99, 0.999, 0.9999};
    std::string text = "p90/p95/p99/p99.9/p99.99 ";
    for (std::int64_t value : d.percentiles(shares))
        text += (text.back() == ' ' ? "" : "/") + format_ms(value);
    return text + " ms";
}

std::string counted(const target& t)
{
    const auto& c = t.session.figures().totals();
    std::string line = count(c.sent, "sent, ") + count(c.received, "received, ") + count(c.lost, "lost");
    if (c.received + c.lost)
        line += " (" + loss_percent(t.session.figures().loss()) + ")";
    line += ", " + count(c.late, "late, ") + count(c.duplicated, "duplicated, ") +
            count(c.reordered, "reordered, ") + count(c.corrupt, "corrupt");
    if (c.stray)
        line += ", " + count(c.stray, "that nobody asked for");
    if (c.not_sent)
        line += ", " + count(c.not_sent, "that could not be sent");
    if (auto open = t.session.figures().under_way())
        line += ", " + count(open, "under way");
    return line + "\n";
}

std::string losses(const statistics& s)
{
    std::string text;
    if (s.runs().runs())
        text += "lost in " + count(s.runs().runs(), s.runs().runs() == 1 ? "run" : "runs") +
                ", the longest of " + std::to_string(s.runs().longest()) + "; without an answer for " +
                ms(double(s.runs().longest_outage())) + " ms at a stretch\n";
    std::uint64_t missing = s.totals().lost - std::min(s.totals().lost, s.totals().late);
    if (s.ways().stateful() && missing) {
        std::uint64_t there = std::min(s.ways().lost_there(), missing);
        std::uint64_t back = std::min(s.ways().lost_back(), missing - there);
        text += "lost there " + std::to_string(there) + ", lost back " + std::to_string(back) +
                ", not known where " + std::to_string(missing - there - back) + "\n";
    }
    if (s.order().count())
        text += "reordered by up to " + count(s.order().extent(), "places\n");
    return text;
}

std::string variations(const statistics& s)
{
    const variation& v = s.rtt_variation();
    if (v.delays().count() < 2)
        return {};
    std::string text = "jitter " + ms(v.jitter()) + " ms (RFC 3550)";
    if (v.ipdv().count())
        text +=
            ", ipdv " + ms(double(v.ipdv().min())) + " to " + ms(double(v.ipdv().max())) + " ms (RFC 3393)";
    return text + ", pdv p99 " + ms(double(v.pdv(0.99))) + " ms (RFC 5481)\n";
}

std::string one_ways(const statistics& s)
{
    const distribution& there = s.there().delays.delays();
    const distribution& back = s.back().delays.delays();
    if (there.count() == 0)
        return {};
    if (s.clocks_agree())
        return "one way, median: there " + format_ms(there.percentile(0.5)) + " ms, back " +
               format_ms(back.percentile(0.5)) + " ms, each give or take " +
               ms(double(s.error_bound().count())) + " ms\n";
    if (there.count() < 2)
        return {};
    return "one way, clocks not synchronised, so only how much it varies: there up to " +
           format_ms(there.max() - there.min()) + " ms, back up to " + format_ms(back.max() - back.min()) +
           " ms\n";
}

std::string marks(const target& t)
{
    const statistics& s = t.session.figures();
    std::string text;
    if (t.hop_limit > 0 && s.there().hop_limit > 0)
        text += "hops there " + std::to_string(t.hop_limit - s.there().hop_limit);
    if (t.traffic_class > 0 && s.traffic_class() >= 0 && s.traffic_class() >> 2 != t.traffic_class >> 2)
        text += (text.empty() ? "" : "; ") + ("DSCP " + std::to_string(t.traffic_class >> 2)) +
                " came back as " + std::to_string(s.traffic_class() >> 2);
    return text.empty() ? text : text + "\n";
}

/// Which clock the figures were taken by.
std::string stamps(const target& t)
{
    const auto& c = t.session.figures().totals();
    if (t.how == protocol::tcp || c.received == 0)
        return {};
    auto share = [&](std::uint64_t n) {
        return n == c.received ? std::string("all")
               : n == 0        ? std::string("none")
                               : std::to_string(n) + " of " + std::to_string(c.received);
    };
    std::string text =
        "stamped by the kernel: sent " + share(c.kernel_sent) + ", received " + share(c.kernel_received);
    if (c.kernel_sent != c.received || c.kernel_received != c.received)
        text += "; the rest by this program, beside the call";
    if (c.clock_steps)
        text += "; the clock was set " + count(c.clock_steps, c.clock_steps == 1 ? "time" : "times") +
                " meanwhile, those are taken by the monotonic one";
    return text + "\n";
}

} // namespace

std::string_view name_of(protocol p)
{
    switch (p) {
    case protocol::stamp: return "STAMP";
    case protocol::text: return "text";
    case protocol::tcp: return "TCP";
    case protocol::icmp: return "ICMP";
    }
    return {};
}

std::string explain(const target& t, fault f)
{
    switch (f) {
    case fault::corrupt: return "an answer came that is corrupt";
    case fault::unreachable: return "unreachable: there is no way to " + t.address;
    case fault::refused: break;
    }
    std::string_view who = t.how == protocol::tcp ? "does anything listen" : "is pier-pingd running";
    return std::string("refused: ").append(who).append(" on ").append(t.address).append("?");
}

std::string text_report::heading(const target& t) const
{
    std::string line = t.address;
    if (!t.name.empty() && !t.address.starts_with(t.name) && !t.address.starts_with("[" + t.name))
        line = t.name + " (" + line + ")";
    line.append(" by ").append(name_of(t.how));
    if (t.how != protocol::tcp)
        line += (t.size ? ", " + std::to_string(t.size) + " octets" : std::string()) +
                (t.authenticated ? ", authenticated" : "");
    return line + "\n";
}

std::string text_report::start(const target& t, std::uint64_t sequence) const
{
    return (several_ ? t.name + " " : "") + "seq=" + std::to_string(sequence) + " ";
}

std::string text_report::came(const target& t, const answer& a, const session::arrival& what) const
{
    std::string rtt = "rtt=" + format_ms(what.delays.rtt) + " ms\n";
    switch (what.is) {
    case match::in_time: return start(t, a.sequence) + rtt;
    case match::late: return start(t, a.sequence) + "late, " + rtt;
    case match::duplicate: return start(t, a.sequence) + "duplicate, " + rtt;
    default: return {};
    }
}

std::string text_report::lost(const target& t, const probe& p) const
{
    std::string wait = format_time(t.session.config().wait);
    wait.insert(wait.find_first_not_of("0123456789"), " ");
    return start(t, p.sequence) + "lost: no answer within " + wait + "\n";
}

std::string text_report::failed(const target& t, fault f, const probe* about) const
{
    return (about      ? start(t, about->sequence)
            : several_ ? t.name + " "
                       : std::string()) +
           explain(t, f) + "\n";
}

std::string text_report::not_sent(const target& t, const probe& p, std::string_view why) const
{
    return start(t, p.sequence) + "not sent: " + std::string(why) + "\n";
}

std::string text_report::window(const target& t, std::int64_t now) const
{
    auto w = t.session.window(now);
    std::string line = (several_ ? t.name + " " : "") + "last " + format_time(t.session.config().window) +
                       ": " + count(w.settled, "probes, ") + loss_percent(w.loss()) + " lost";
    if (w.rtt.count())
        line += ", rtt mean " + ms(double(w.rtt.mean())) + ", p50 " + ms(double(w.rtt.percentile(0.5))) +
                ", p99 " + ms(double(w.rtt.percentile(0.99))) + " ms";
    return line + "\n";
}

std::string text_report::summary(const target& t) const
{
    const statistics& s = t.session.figures();
    std::string text = "\n--- " + (t.name.empty() ? t.address : t.name) + " ---\n" + counted(t) + losses(s);
    if (s.totals().refused)
        text += explain(t, fault::refused) + "\n";
    if (s.totals().unreachable)
        text += explain(t, fault::unreachable) + "\n";
    if (s.rtt().count()) {
        text += "rtt " + spread(s.rtt()) + "\nrtt " + tail(s.rtt()) + "\n" + variations(s);
        text += "call to return, nothing taken off: median " + format_ms(s.call().percentile(0.5)) +
                ", p99 " + format_ms(s.call().percentile(0.99)) + " ms; from when it was due: median " +
                format_ms(s.from_due().percentile(0.5)) + ", p99 " +
                format_ms(s.from_due().percentile(0.99)) + " ms\n";
    }
    if (s.processing().count())
        text += "the reflector's own time, taken off: mean " + ms(s.processing().mean()) + ", max " +
                format_ms(s.processing().max()) + " ms\n";
    text += one_ways(s) + marks(t);
    if (s.lateness().count())
        text += "sent late by: median " + format_ms(s.lateness().percentile(0.5)) + ", p99 " +
                format_ms(s.lateness().percentile(0.99)) + ", max " + format_ms(s.lateness().max()) + " ms\n";
    return text + stamps(t);
}

std::string text_report::aggregate(std::span<const target* const> all) const
{
    statistics::counts sum;
    std::size_t silent = 0;
    for (const target* t : all) {
        const auto& c = t->session.figures().totals();
        sum.sent += c.sent, sum.received += c.received, sum.lost += c.lost;
        silent += c.received == 0;
    }
    double loss = sum.received + sum.lost ? double(sum.lost) / double(sum.received + sum.lost) : 0;
    std::string text = "\n--- all " + std::to_string(all.size()) + " targets ---\n" +
                       count(sum.sent, "sent, ") + count(sum.received, "received, ") +
                       count(sum.lost, "lost") + " (" + loss_percent(loss) + ")";
    if (silent)
        text += "; " + count(silent, silent == 1 ? "target gave no answer" : "targets gave no answer");
    text += "\n";
    const target *fastest = nullptr, *slowest = nullptr;
    for (const target* t : all) {
        const distribution& rtt = t->session.figures().rtt();
        if (rtt.count() == 0)
            continue;
        auto median = [](const target* of) { return of->session.figures().rtt().percentile(0.5); };
        if (!fastest || median(t) < median(fastest))
            fastest = t;
        if (!slowest || median(t) > median(slowest))
            slowest = t;
    }
    if (fastest && fastest != slowest)
        text += "median rtt from " + format_ms(fastest->session.figures().rtt().percentile(0.5)) + " ms (" +
                fastest->name + ") to " + format_ms(slowest->session.figures().rtt().percentile(0.5)) +
                " ms (" + slowest->name + ")\n";
    return text;
}

} // namespace pier::ping
