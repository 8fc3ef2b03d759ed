#include "pier/ping/lanes.hpp"

#include "pier/net/connect.hpp"
#include "pier/net/resolve.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ping/clock.hpp"
#include "pier/ping/codec.hpp"
#include "pier/ping/connect_prober.hpp"
#include "pier/ping/datagram_prober.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>

namespace pier::ping {

namespace {

constexpr std::int64_t head_start = 1'000'000; // until the first is due: all sockets are open by then

net::endpoint find_address(const config& c, const net::target& name)
{
    std::uint16_t port = name.port ? name.port : default_port(c.how());
    int family = c.ipv4 ? AF_INET : c.ipv6 ? AF_INET6 : AF_UNSPEC;
    net::resolved found = net::resolve(name.host, port, family);
    if (found.addresses.empty())
        throw ops::fatal(ops::exit_no_host, name.host + ": " + found.error);
    return found.addresses.front();
}

/// As people write it: an ICMP target has no port.
std::string written(const net::endpoint& where, protocol how)
{
    std::string text = where.to_string();
    if (how == protocol::icmp)
        text.resize(text.rfind(':'));
    return text;
}

unique_fd open_icmp(const net::endpoint& to)
{
    bool v6 = to.family() == AF_INET6;
    unique_fd fd(::socket(to.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                          v6 ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP}));
    if (!fd && (errno == EACCES || errno == EPERM))
        throw ops::fatal(
            ops::exit_no_permission,
            "--icmp: the system lets this user's groups send no echo requests; an administrator may allow "
            "it to all with: sysctl -w net.ipv4.ping_group_range='0 2147483647'");
    if (!fd || ::connect(fd.get(), to.data(), to.size()) != 0)
        throw ops::fatal(ops::exit_os,
                         "cannot ping " + written(to, protocol::icmp) + ": " + std::strerror(errno));
    return fd;
}

unique_fd open_udp(const net::endpoint& to)
{
    net::connecting attempt = net::begin_connect(to, SOCK_DGRAM);
    if (attempt.error != 0)
        throw ops::fatal(ops::exit_os,
                         "cannot send to " + to.to_string() + ": " + std::strerror(attempt.error));
    return std::move(attempt.fd);
}

std::unique_ptr<codec> make_codec(const config& c, const net::endpoint& to)
{
    switch (c.how()) {
    case protocol::text: return text_codec(c.size);
    case protocol::icmp: return icmp_codec(c.size, to.family() == AF_INET6);
    default: break;
    }
    if (c.key.empty())
        return stamp_codec(c.size, c.ssid, nullptr);
    hmac_key key = hmac_key::load(c.key);
    return stamp_codec(c.size, c.ssid, &key);
}

datagram_options marks(const config& c)
{
    datagram_options marks;
    // As senders of TWAMP do, so that the TTL which the reflector tells says how many routers are between.
    marks.hop_limit = c.hop_limit >= 0 ? c.hop_limit : c.how() == protocol::stamp ? 255 : -1;
    marks.traffic_class = c.dscp >= 0 ? c.dscp << 2 : -1;
    marks.stamp_sending =
        c.every().per_second() * static_cast<double>(c.targets.size()) <= stamp_sending_up_to;
    marks.one_at_a_time = c.spin;
    return marks;
}

std::unique_ptr<prober> make_prober(const config& c, target& t, const net::endpoint& to,
                                    std::unique_ptr<codec> how)
{
    datagram_options options = marks(c);
    t.hop_limit = options.hop_limit;
    t.traffic_class = options.traffic_class;
    if (!how)
        return std::make_unique<connect_prober>(t, to, options);
    unique_fd fd = c.how() == protocol::icmp ? open_icmp(to) : open_udp(to);
    return std::make_unique<datagram_prober>(t, std::move(fd), std::move(how), options);
}

lane open_lane(const config& c, const net::target& name, session_config session)
{
    net::endpoint to = find_address(c, name);
    std::unique_ptr<codec> how;
    if (c.how() != protocol::tcp) {
        how = make_codec(c, to);
        session.first = how->first();
    }
    auto t = std::make_unique<target>(name.to_string(), session);
    t->address = written(to, c.how());
    t->how = c.how();
    t->size = !how ? 0 : c.how() == protocol::text ? c.size : how->size();
    t->authenticated = !c.key.empty();
    auto p = make_prober(c, *t, to, std::move(how));
    return {std::move(t), std::move(p), schedule(0, c.every(), c.probes()), nullptr};
}

} // namespace

std::vector<lane> open_lanes(const config& c, std::vector<std::unique_ptr<live_counters>>& counters)
{
    session_config session;
    session.wait = c.wait;
    session.window = c.window;
    session.probes = static_cast<std::size_t>(probe_table::needed(c.every().per_second(), c.wait));
    session.stateful_reflector = c.stateful;
    session.first = c.how() == protocol::tcp;
    std::vector<lane> lanes;
    for (const net::target& name : c.targets) {
        lanes.push_back(open_lane(c, name, session));
        counters.push_back(std::make_unique<live_counters>());
        counters.back()->target = lanes.back().target->name;
        lanes.back().live = counters.back().get();
    }
    // Spread over the first period, so that they do not all go at once.
    std::int64_t start = steady_now() + head_start;
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        std::int64_t offset = c.every().times(i) / static_cast<std::int64_t>(lanes.size());
        lanes[i].schedule = schedule(start + offset, c.every(), c.probes());
        lanes[i].target->session.begin(start);
    }
    return lanes;
}

} // namespace pier::ping
