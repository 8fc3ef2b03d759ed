#include "pier/net/bind.hpp"
#include "pier/net/datagram_port.hpp"
#include "pier/ops/exit.hpp"

#include <cerrno>
#include <netinet/udp.h>

namespace pier::net {

namespace {

/// What waits while the shard does something else: a few thousand small datagrams.
constexpr int receive_buffer = 4 << 20;
/// Answers of one whole batch.
constexpr int send_buffer = 1 << 20;

/// The system's limit (net.core.rmem_max) is for those without privileges.
void set_buffer(int fd, int forced, int usual, int bytes)
{
    if (!set_option(fd, SOL_SOCKET, forced, bytes))
        set_option(fd, SOL_SOCKET, usual, bytes);
}

/// IPv4 peers of an IPv6 socket tell theirs by the options of IPv4.
void ask_for(int fd, int family, int option_v4, int option_v6)
{
    set_option(fd, IPPROTO_IP, option_v4);
    if (family == AF_INET6)
        set_option(fd, IPPROTO_IPV6, option_v6);
}

} // namespace

void set_up_datagrams(int fd, const endpoint& where, const datagram_details& details)
{
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_buffer);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_buffer);
    // Joined datagrams need room for all of them, and have one time of arrival.
    if (details.largest >= datagram_details{}.largest && !details.receive_time)
        set_option(fd, SOL_UDP, UDP_GRO);
    if (details.receive_time)
        set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS);
    if (details.hop_limit)
        ask_for(fd, where.family(), IP_RECVTTL, IPV6_RECVHOPLIMIT);
    if (details.traffic_class)
        ask_for(fd, where.family(), IP_RECVTOS, IPV6_RECVTCLASS);
    if (details.destination || where.is_wildcard())
        ask_for(fd, where.family(), IP_PKTINFO, IPV6_RECVPKTINFO);
}

unique_fd bind_datagrams(const endpoint& where, const datagram_options& options,
                         const datagram_details& details)
{
    if (where.is_unix()) {
        errno = EAFNOSUPPORT;
        fail_to_listen(where, "datagrams have no unix sockets here:");
    }
    if (options.shared && options.first)
        refuse_if_taken(where, SOCK_DGRAM);
    unique_fd fd(::socket(where.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        fail_to_listen(where, "cannot make a socket for");
    if (options.shared)
        set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT);
    set_up_datagrams(fd.get(), where, details); // datagrams come as soon as it is bound
    if (::bind(fd.get(), where.data(), where.size()) != 0)
        fail_to_listen(where);
    return fd;
}

} // namespace pier::net
