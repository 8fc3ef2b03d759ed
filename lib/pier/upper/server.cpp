#include "pier/upper/server.hpp"

#include "pier/base/unique_fd.hpp"
#include "pier/net/bind.hpp"
#include "pier/upper/datagram_server.hpp"
#include "pier/upper/stream_server.hpp"

#include <sys/socket.h>

namespace pier::upper {

namespace {

unique_fd bound_to(const net::endpoint& where, int type)
{
    unique_fd fd(::socket(where.family(), type | SOCK_CLOEXEC, 0));
    if (fd && ::bind(fd.get(), where.data(), where.size()) != 0)
        fd.reset();
    return fd;
}

/// The same address with a port that neither connections nor datagrams have there. As it is given back before
/// it is bound for good, another program may come first: then that binding fails and says so.
net::endpoint with_common_port(const net::endpoint& where)
{
    constexpr int tries = 64;
    for (int i = 0; i < tries; ++i) {
        unique_fd stream = bound_to(where, SOCK_STREAM);
        if (!stream)
            break; // for a reason that listening there will tell
        net::endpoint chosen = net::bound_address(stream.get());
        if (bound_to(chosen, SOCK_DGRAM))
            return chosen;
    }
    return where;
}

/// What was given as one address has one port.
void choose_ports(net::listening& where)
{
    for (auto [stream, datagram] : where.shared) {
        net::endpoint& address = where.streams[stream];
        if (address.port() != 0)
            continue;
        net::endpoint chosen = with_common_port(address);
        where.datagrams[datagram] = chosen;
        chosen.set_tls(address.tls());
        address = chosen;
    }
}

} // namespace

std::vector<net::endpoint> add_to(net::runtime& runtime, const config& c, net::listening where)
{
    choose_ports(where);
    std::vector<net::endpoint> bound;
    if (!where.streams.empty())
        bound = runtime.add({.scheme = "tcp", .name = "upper-tcp", .secure_scheme = "tls"}, where.streams,
                            make_stream_server(c));
    if (!where.datagrams.empty()) {
        net::datagram_traits traits{.scheme = "udp", .name = "upper-udp"};
        auto also = runtime.add(traits, where.datagrams, make_datagram_server(c.unchanged));
        bound.insert(bound.end(), also.begin(), also.end());
    }
    return bound;
}

} // namespace pier::upper
