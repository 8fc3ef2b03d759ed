#include "pier/ping/config.hpp"

#include "pier/admin/guard.hpp"
#include "pier/ping/codec.hpp"
#include "pier/ping/connect_prober.hpp"
#include "pier/ping/duration.hpp"
#include "pier/ping/stamp.hpp"

#include <algorithm>

namespace pier::ping {

std::uint16_t default_port(protocol p)
{
    return p == protocol::stamp ? 8620 : p == protocol::text ? 12001 : 0;
}

std::uint64_t config::probes() const
{
    if (duration == 0)
        return count.value_or(10);
    std::uint64_t within = every().within(duration);
    return count.value_or(0) == 0 ? within : std::min(*count, within);
}

namespace {

std::string wrong_size(const config& c)
{
    std::size_t base = base_size(c.key.empty() ? stamp_mode::unauthenticated : stamp_mode::authenticated);
    auto between = [&](std::size_t least) {
        bool fits = c.size >= least && c.size <= largest_probe;
        return fits ? std::string()
                    : "--size " + std::to_string(c.size) + " is not between " + std::to_string(least) +
                          " and " + std::to_string(largest_probe);
    };
    switch (c.how()) {
    case protocol::stamp:
        if (c.size != base && c.size >= base && c.size < base + 4)
            return "--size " + std::to_string(c.size) + ": what makes a test packet longer than " +
                   std::to_string(base) + " octets has 4 at least";
        return between(base);
    case protocol::text: return between(least_text_size);
    case protocol::icmp: return between(least_icmp_size);
    case protocol::tcp: return "--size says nothing about --tcp";
    }
    return {};
}

std::string wrong_protocol(const config& c)
{
    if (c.how() != protocol::stamp) {
        if (!c.key.empty())
            return "--key is for STAMP, not for --" + std::string(c.how() == protocol::text  ? "text"
                                                                  : c.how() == protocol::tcp ? "tcp"
                                                                                             : "icmp");
        if (c.ssid || c.stateful)
            return "--ssid and --stateful are for STAMP";
    }
    for (const net::target& t : c.targets) {
        if (c.how() == protocol::tcp && t.port == 0)
            return "--tcp needs a port: " + t.host + ":443, say";
        if (c.how() == protocol::icmp && t.port != 0)
            return "--icmp knows no ports: " + t.host + " alone";
    }
    return {};
}

std::string wrong_rate(const config& c)
{
    double rate = c.every().per_second();
    double all = rate * static_cast<double>(c.targets.size());
    if (all > static_cast<double>(config::most_rate))
        return "more than " + std::to_string(config::most_rate) + " probes a second: ask for fewer";
    double most = static_cast<double>(probe_table::most);
    if (probe_table::needed(rate, c.wait) > most)
        return "more probes under way than there is room for (" + std::to_string(probe_table::most / 2) +
               "): a lower --rate or a shorter --wait";
    if (c.how() == protocol::tcp &&
        all * static_cast<double>(c.wait) / 1e9 > static_cast<double>(connect_prober::most_under_way))
        return "more than " + std::to_string(connect_prober::most_under_way) +
               " connections under way: a lower --rate or a shorter --wait";
    return {};
}

} // namespace

std::string config::validate() const
{
    if (text + tcp + icmp > 1)
        return "--text, --tcp and --icmp contradict each other";
    if (ipv4 && ipv6)
        return "--ipv4 and --ipv6 contradict each other";
    if (rate && interval != 1'000'000'000)
        return "--rate and --interval contradict each other";
    if (admin && !admin::is_local(*admin))
        return "--admin: " + admin->to_string() +
               " can be reached from other machines, and there is no password here; "
               "listen on 127.0.0.1 or [::1]";
    if (targets.size() > most_targets)
        return "more than " + std::to_string(most_targets) + " targets";
    if (json && plot)
        return "--json and --plot both want standard output";
    if (auto wrong = wrong_protocol(*this); !wrong.empty())
        return wrong;
    if (size != 0)
        if (auto wrong = wrong_size(*this); !wrong.empty())
            return wrong;
    return wrong_rate(*this);
}

} // namespace pier::ping
