#include "pier/ping/datagram_prober.hpp"

#include "pier/net/bind.hpp"
#include "pier/ping/clock.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

// Both define things of <linux/socket.h>; this order works.
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>

namespace pier::ping {

namespace {

constexpr std::size_t control_room = 256;

bool is_ipv6(int fd)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family == AF_INET6;
}

std::int64_t nanoseconds(const timespec& t)
{
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

/// What the kernel tells beside a packet.
struct notes {
    std::int64_t stamp = 0;
    std::int16_t hop_limit = -1, traffic_class = -1;
    const sock_extended_err* error = nullptr;
};

int integer(const cmsghdr* c)
{
    if (c->cmsg_len == CMSG_LEN(1))
        return *CMSG_DATA(c); // IP_TOS comes as one octet
    int value = 0;
    std::memcpy(&value, CMSG_DATA(c), sizeof value);
    return value;
}

notes read_notes(const msghdr& message)
{
    notes n;
    auto& m = const_cast<msghdr&>(message);
    for (cmsghdr* c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPING) {
            scm_timestamping stamps;
            std::memcpy(&stamps, CMSG_DATA(c), sizeof stamps);
            n.stamp = nanoseconds(
                {static_cast<time_t>(stamps.ts[0].tv_sec), static_cast<long>(stamps.ts[0].tv_nsec)});
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            n.error = reinterpret_cast<const sock_extended_err*>(CMSG_DATA(c));
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT)) {
            n.hop_limit = static_cast<std::int16_t>(integer(c));
        } else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) ||
                   (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)) {
            n.traffic_class = static_cast<std::int16_t>(integer(c));
        }
    }
    return n;
}

} // namespace

datagram_prober::datagram_prober(target& to, unique_fd fd, std::unique_ptr<codec> how,
                                 const datagram_options& options)
    : target_(to), fd_(std::move(fd)), codec_(std::move(how)), stamp_sending_(options.stamp_sending),
      spins_(options.one_at_a_time), packet_(codec_->size()), numbers_(id_ring)
{
    codec_->prepare(packet_);
    mark(options);
    start_stamps();
    // A byte more than ours: what is longer than what we sent is no echo of it.
    std::size_t room = codec_->size() + 64, count = spins_ ? 1 : batch;
    received_.resize(count * room);
    control_.resize(count * control_room);
    messages_.resize(count);
    pieces_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        pieces_[i] = {&received_[i * room], room};
        messages_[i].msg_hdr = {};
        messages_[i].msg_hdr.msg_iov = &pieces_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_control = &control_[i * control_room];
    }
}

void datagram_prober::mark(const datagram_options& options)
{
    int fd = fd_.get();
    bool v6 = is_ipv6(fd);
    int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    // ICMP's messages come through the error queue, with all their kinds (ip(7), IP_RECVERR).
    net::set_option(fd, level, v6 ? IPV6_RECVERR : IP_RECVERR);
    net::set_option(fd, level, v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL);
    net::set_option(fd, level, v6 ? IPV6_RECVTCLASS : IP_RECVTOS);
    if (options.hop_limit >= 0)
        net::set_option(fd, level, v6 ? IPV6_UNICAST_HOPS : IP_TTL, options.hop_limit);
    if (options.traffic_class >= 0)
        net::set_option(fd, level, v6 ? IPV6_TCLASS : IP_TOS, options.traffic_class);
    net::set_option(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20);
}

/// Numbers what it stamps from 0. Without it (a kernel that cannot) the program's own stamps remain.
void datagram_prober::start_stamps()
{
    int receive = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
    int send = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
    net::set_option(fd_.get(), SOL_SOCKET, SO_TIMESTAMPING, receive);
    stamped_ = 0;
    if (stamp_sending_)
        stamp_sending_ = net::set_option(fd_.get(), SOL_SOCKET, SO_TIMESTAMPING, receive | send);
}

/// The time that stands in the packet is from before its hash was computed; the one that counts is taken as
/// late as can be.
int datagram_prober::send_once(probe& p)
{
    auto [token, size] = codec_->write(p.sequence, read_clock(CLOCK_REALTIME), packet_);
    p.token = token;
    p.sent = now();
    return ::send(fd_.get(), packet_.data(), size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? errno : 0;
}

void datagram_prober::send(std::int64_t due, events& to)
{
    probe& p = target_.session.open(due);
    int error = send_once(p);
    if (error != 0) {
        // A message of ICMP about an earlier probe is told here as well, and nothing is sent: once more.
        read_errors(to, target_.session.sent_before(p.sequence));
        start_stamps(); // whether the kernel counted that one depends on its version
        error = send_once(p);
    }
    if (error != 0) {
        start_stamps();
        target_.session.not_sent(p);
        to.not_sent(target_, p, error);
        return;
    }
    numbers_[stamped_++ % id_ring] = p.sequence;
    target_.session.sent(p);
    ++unread_;
    if (stamp_sending_ && !spins_) // the stamp is there already, unless a queue holds the packet
        read_errors(to, &p);
}

void datagram_prober::receive(events& to)
{
    for (int i = 0; i < rounds; ++i)
        if (receive_batch(to) < static_cast<int>(messages_.size()))
            return;
}

int datagram_prober::receive_batch(events& to)
{
    for (auto& m : messages_)
        m.msg_hdr.msg_controllen = control_room;
    int got;
    if (spins_) {
        ssize_t size = ::recvmsg(fd_.get(), &messages_[0].msg_hdr, MSG_DONTWAIT);
        got = size < 0 ? -1 : 1;
        messages_[0].msg_len = size < 0 ? 0 : static_cast<unsigned>(size);
    } else {
        got = ::recvmmsg(fd_.get(), messages_.data(), static_cast<unsigned>(messages_.size()), MSG_DONTWAIT,
                         nullptr);
    }
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        // Unread, they would fill the room for answers.
        if (stamp_sending_ && unread_ > (spins_ ? 16u : 0u))
            read_errors(to, latest());
        return 0;
    }
    moment when = now();
    if (stamp_sending_ || got < 0)
        read_errors(to, latest()); // first of all when these probes were sent
    if (got < 0)
        return 0; // the error was in the queue, too
    for (int i = 0; i < got; ++i) {
        const mmsghdr& m = messages_[static_cast<std::size_t>(i)];
        auto a = codec_->read({static_cast<const char*>(m.msg_hdr.msg_iov->iov_base), m.msg_len},
                              target_.session.table(), when.wall);
        if (!a || (m.msg_hdr.msg_flags & MSG_TRUNC)) {
            to.failed(target_, fault::corrupt, nullptr);
            continue;
        }
        notes n = read_notes(m.msg_hdr);
        a->received = when;
        a->kernel_received = n.stamp;
        a->hop_limit = n.hop_limit;
        a->traffic_class = n.traffic_class;
        to.came(target_, *a);
    }
    return got;
}

probe* datagram_prober::latest()
{
    return target_.session.sent_before(target_.session.table().next());
}

/// Stamps of what was sent, and ICMP's messages, which are about `about` as far as can be told.
void datagram_prober::read_errors(events& to, probe* about)
{
    unread_ = 0;
    for (std::size_t i = 0; i < id_ring; ++i) {
        alignas(cmsghdr) char control[control_room];
        char bytes[64];
        iovec piece{bytes, sizeof bytes};
        msghdr message{};
        message.msg_iov = &piece;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        if (::recvmsg(fd_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return;
        read_error(message, to, about);
    }
}

void datagram_prober::read_error(const msghdr& message, events& to, probe* about)
{
    notes n = read_notes(message);
    if (!n.error)
        return;
    if (n.error->ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
        if (n.stamp && stamped_ - n.error->ee_data - 1 < id_ring)
            target_.session.stamped(numbers_[n.error->ee_data % id_ring], n.stamp);
        return;
    }
    if (n.error->ee_origin != SO_EE_ORIGIN_ICMP && n.error->ee_origin != SO_EE_ORIGIN_ICMP6)
        return;
    fault f = n.error->ee_errno == ECONNREFUSED ? fault::refused : fault::unreachable;
    to.failed(target_, f, about);
}

} // namespace pier::ping
