#include "pier/upper/server.hpp"

#include "pier/base/unique_fd.hpp"
#include "pier/net/bind.hpp"
#include "pier/upper/datagram_server.hpp"
#include "pier/upper/stream_server.hpp"

#include <cstring>
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

/// Of a socket that was handed over: the address alone.
net::endpoint address_of(const net::endpoint& bound)
{
    sockaddr_storage address{};
    std::memcpy(&address, bound.data(), bound.size());
    return net::endpoint::from(address);
}

} // namespace

std::vector<net::endpoint> add_to(net::runtime& runtime, const config& c, std::vector<net::endpoint> where)
{
    for (net::endpoint& address : where)
        if (!address.is_unix() && address.port() == 0)
            address = with_common_port(address);
    auto bound = runtime.add({.scheme = "tcp", .name = "upper-tcp"}, where, make_stream_server(c));
    std::vector<net::endpoint> datagrams;
    for (const net::endpoint& address : bound)
        if (!address.is_unix())
            datagrams.push_back(address_of(address));
    if (datagrams.empty())
        return bound;
    auto make = [](net::shard&) { return std::make_unique<datagram_server>(); };
    auto also = runtime.add(net::datagram_traits{.scheme = "udp", .name = "upper-udp"}, datagrams, make);
    bound.insert(bound.end(), also.begin(), also.end());
    return bound;
}

} // namespace pier::upper
