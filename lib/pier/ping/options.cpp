#include "pier/ping/options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ping/duration.hpp"

#include <string>
#include <utility>

namespace pier::ping {

namespace {

using values = std::vector<std::string>;

void time(ops::options& table, const char* name, char letter, const char* help, std::int64_t& into)
{
    table.add({name, letter, "TIME", help, "",
               [&into](const std::string& value) {
                   auto parsed = parse_time(value);
                   if (!parsed || *parsed == 0)
                       return std::string("is not a time such as 1s, 20ms or 250us");
                   into = *parsed;
                   return std::string();
               },
               false, [&into] { return into ? values{format_time(into)} : values{}; }});
}

void limit(ops::options& table, const char* name, const char* help, std::optional<std::int64_t>& into)
{
    table.add({name, 0, "TIME", help, "",
               [&into](const std::string& value) {
                   into = parse_time(value);
                   return std::string(into ? "" : "is not a time such as 50ms or 250us");
               },
               false, [&into] { return into ? values{format_time(*into)} : values{}; }});
}

/// `unset`: what stands for none.
template <class Number>
void number(ops::options& table, const char* name, char letter, const char* help, Number& into,
            ops::bounds allowed, Number unset)
{
    table.add({name, letter, "N", help, "",
               [&into, allowed](const std::string& value) {
                   auto parsed = parse_u64(value);
                   if (!parsed)
                       return std::string("is not a whole number");
                   if (*parsed < allowed.least || *parsed > allowed.most)
                       return "is not between " + std::to_string(allowed.least) + " and " +
                              std::to_string(allowed.most);
                   into = static_cast<Number>(*parsed);
                   return std::string();
               },
               false, [&into, unset] { return into == unset ? values{} : values{std::to_string(into)}; }});
}

void word(ops::options& table, const char* name, char letter, const char* help, bool& into)
{
    table.add({name, letter, "", help, "",
               [&into](const std::string& value) {
                   into = value == "yes";
                   return std::string();
               },
               false, [&into] { return values{into ? "yes" : "no"}; }});
}

void file(ops::options& table, const char* name, const char* help, std::string& into)
{
    table.add({name, 0, "FILE", help, "",
               [&into](const std::string& value) {
                   into = value;
                   return std::string(value.empty() ? "names no file" : "");
               },
               false, [&into] { return into.empty() ? values{} : values{into}; }});
}

void declare_probes(ops::options& table, config& into)
{
    table.group("What is sent");
    table.add({"count", 'c', "N",
               "probes to each target, 0: until it is stopped; with --duration, else as many as fit (10)", "",
               [&into](const std::string& value) {
                   into.count = parse_u64(value);
                   return std::string(into.count ? "" : "is not a whole number");
               },
               false, [&into] { return into.count ? values{std::to_string(*into.count)} : values{}; }});
    time(table, "interval", 'i', "between two of them", into.interval);
    number(table, "rate", 0, "so many a second, instead of --interval", into.rate, {1, config::most_rate},
           std::int64_t{0});
    time(table, "duration", 'd', "for so long, however many that are", into.duration);
    time(table, "wait", 'W', "for an answer, at most", into.wait);
    number(table, "size", 's', "octets of a probe; else as few as it needs", into.size, {1, 65507},
           std::size_t{0});
    word(table, "spin", 0, "never sleep: a core's time for the last microseconds", into.spin);
}

void declare_protocols(ops::options& table, config& into)
{
    table.group("How");
    word(table, "text", 0, "as `PING <number> <milliseconds>`, answered in any case, to port 12001",
         into.text);
    word(table, "tcp", 0, "by connecting: HOST:PORT may be any server", into.tcp);
    word(table, "icmp", 0, "by ICMP echo: any host", into.icmp);
    word(table, "ipv4", '4', "to addresses of IPv4 alone", into.ipv4);
    word(table, "ipv6", '6', "to addresses of IPv6 alone", into.ipv6);
    file(table, "key", "of the HMAC, shared with the reflector: authenticated STAMP", into.key);
    number(table, "ssid", 0, "STAMP's session identifier (0)", into.ssid, {0, 65535}, std::uint16_t{0});
    word(table, "stateful", 0, "the reflector counts for itself: tell loss by direction from the first",
         into.stateful);
    number(table, "dscp", 0, "mark of what is sent; else 0", into.dscp, {0, 63}, -1);
    number(table, "ttl", 0, "or hop limit of what is sent; else 255 with STAMP, the system's without",
           into.hop_limit, {1, 255}, -1);
}

void declare_reports(ops::options& table, config& into)
{
    table.group("What is told");
    word(table, "quiet", 'q', "no line for each probe", into.quiet);
    word(table, "json", 0, "an object of JSON on each line: of each probe, and of the whole", into.json);
    word(table, "plot", 0, "draw it while it happens, on a terminal", into.plot);
    file(table, "html", "write a page there that shows it all", into.html);
    time(table, "window", 0, "of the figures that a run without end tells again and again", into.window);
    table.add({"admin", 0, "ADDR:PORT|off", "metrics for Prometheus there, to this machine only", "",
               [&into](const std::string& value) {
                   into.admin = value == "off" ? std::nullopt : net::endpoint::parse(value);
                   return std::string(into.admin || value == "off" ? ""
                                                                   : "is not ADDR:PORT, [IPV6]:PORT or off");
               },
               false, [&into] { return values{into.admin ? into.admin->to_string() : "off"}; }});
}

void declare_thresholds(ops::options& table, thresholds& into)
{
    table.group("What makes it end with code 1, beside no answer");
    table.add({"max-loss", 0, "PERCENT", "more loss than that, such as 1% or 0.5%", "",
               [&into](const std::string& value) {
                   into.loss = parse_percent(value);
                   return std::string(into.loss ? "" : "is not a share such as 1% or 0.5%");
               },
               false, [&into] { return into.loss ? values{format_percent(*into.loss)} : values{}; }});
    limit(table, "max-rtt", "a round trip longer than that", into.rtt);
    limit(table, "max-median", "half of the round trips longer than that", into.median);
    limit(table, "max-p99", "one in a hundred longer than that", into.p99);
    limit(table, "max-jitter", "interarrival jitter (RFC 3550) above that", into.jitter);
}

} // namespace

void declare(ops::options& table, config& into)
{
    table.positional(
        "HOST[:PORT]",
        [&into](const std::string& value) {
            auto parsed = net::target::parse(value);
            if (!parsed)
                return std::string("is not HOST, HOST:PORT or [IPV6]:PORT");
            into.targets.push_back(*parsed);
            return std::string();
        },
        config::most_targets, 1);
    declare_probes(table, into);
    declare_protocols(table, into);
    declare_reports(table, into);
    declare_thresholds(table, into.limits);
    table.exit_status(
        "0 when every target has answered and no threshold was passed; 1 when one has not, or was; else "
        "as sysexits.h has it: 64 for a wrong command line, 68 for a name without an address, 77 for what "
        "the system does not permit.");
    table.check([&into] { return into.validate(); });
}

} // namespace pier::ping
