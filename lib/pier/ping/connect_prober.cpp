#include "pier/ping/connect_prober.hpp"

#include "pier/net/bind.hpp"
#include "pier/net/connect.hpp"
#include "pier/ping/clock.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <sys/epoll.h>

namespace pier::ping {

connect_prober::connect_prober(target& to, const net::endpoint& where, const datagram_options& options)
    : target_(to), where_(where), options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC))
{
}

/// There is no marking a connection before its first packet but on a socket that has not begun: so connect()
/// is called here, not in net::begin_connect().
void connect_prober::send(std::int64_t due, events& to)
{
    probe& p = target_.session.open(due);
    unique_fd fd(::socket(where_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    bool v6 = where_.family() == AF_INET6;
    int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    if (options_.hop_limit >= 0)
        net::set_option(fd.get(), level, v6 ? IPV6_UNICAST_HOPS : IP_TTL, options_.hop_limit);
    if (options_.traffic_class >= 0)
        net::set_option(fd.get(), level, v6 ? IPV6_TCLASS : IP_TOS, options_.traffic_class);
    p.sent = now();
    int error = !fd || ::connect(fd.get(), where_.data(), where_.size()) != 0 ? errno : 0;
    // The kernel's own answers for what it did not send.
    if (error != 0 && error != EINPROGRESS && error != ECONNREFUSED) {
        target_.session.not_sent(p);
        to.not_sent(target_, p, error);
        return;
    }
    target_.session.sent(p);
    std::uint64_t sequence = p.sequence;
    if (error != EINPROGRESS) {
        finish(sequence, error, to);
        return;
    }
    epoll_event wanted{};
    wanted.events = EPOLLOUT;
    wanted.data.u64 = sequence;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &wanted);
    under_way_.emplace(sequence, std::move(fd));
}

void connect_prober::receive(events& to)
{
    epoll_event ready[64];
    int count = ::epoll_wait(epoll_.get(), ready, 64, 0);
    for (int i = 0; i < count; ++i) {
        std::uint64_t sequence =
            ready[i].data.u64; // a copy: the kernel's record is not aligned for a reference
        auto found = under_way_.find(sequence);
        if (found != under_way_.end())
            finish(found->first, net::connect_outcome(found->second.get()), to);
    }
}

void connect_prober::finish(std::uint64_t sequence, int error, events& to)
{
    moment when = now();
    under_way_.erase(sequence); // closes it
    probe* p = target_.session.find(sequence);
    if (error != 0) {
        to.failed(target_, error == ECONNREFUSED ? fault::refused : fault::unreachable, p);
        return;
    }
    answer a;
    a.sequence = sequence;
    a.received = when;
    to.came(target_, a);
}

} // namespace pier::ping
