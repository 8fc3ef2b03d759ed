#include "pier/net/datagram_control.hpp"

#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>

namespace pier::net {

namespace {

template <class Value>
Value value_of(const cmsghdr* c)
{
    Value value{};
    std::memcpy(&value, CMSG_DATA(c), std::min(sizeof value, c->cmsg_len - CMSG_LEN(0)));
    return value;
}

std::int16_t small(const cmsghdr* c)
{
    return static_cast<std::int16_t>(value_of<int>(c) & 0xff); // IP_TOS is one byte, the others are integers
}

void read_v4(const cmsghdr* c, received_control& into)
{
    if (c->cmsg_type == IP_TTL) {
        into.hop_limit = small(c);
    } else if (c->cmsg_type == IP_TOS) {
        into.traffic_class = small(c);
    } else if (c->cmsg_type == IP_PKTINFO) {
        auto info = value_of<in_pktinfo>(c);
        into.destination = ip_address::v4(reinterpret_cast<const unsigned char*>(&info.ipi_spec_dst));
        into.to_many = info.ipi_addr.s_addr != info.ipi_spec_dst.s_addr;
    }
}

void read_v6(const cmsghdr* c, received_control& into)
{
    if (c->cmsg_type == IPV6_HOPLIMIT) {
        into.hop_limit = small(c);
    } else if (c->cmsg_type == IPV6_TCLASS) {
        into.traffic_class = small(c);
    } else if (c->cmsg_type == IPV6_PKTINFO) {
        auto info = value_of<in6_pktinfo>(c);
        if (IN6_IS_ADDR_V4MAPPED(&info.ipi6_addr))
            return; // IP_PKTINFO tells more of it
        into.destination = ip_address::v6(info.ipi6_addr.s6_addr);
        into.to_many = IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
    }
}

template <class Value>
void append(msghdr& message, std::size_t room, int level, int type, const Value& value)
{
    auto* c = reinterpret_cast<cmsghdr*>(static_cast<char*>(message.msg_control) + message.msg_controllen);
    if (message.msg_controllen + CMSG_SPACE(sizeof value) > room)
        return;
    c->cmsg_level = level;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(sizeof value);
    std::memcpy(CMSG_DATA(c), &value, sizeof value);
    message.msg_controllen += CMSG_SPACE(sizeof value);
}

bool is_v4(const datagram_route& to)
{
    return to.peer.sin6_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&to.peer.sin6_addr);
}

} // namespace

received_control read_control(const msghdr& message)
{
    received_control result;
    auto* own = const_cast<msghdr*>(&message); // CMSG_NXTHDR reads only
    for (const cmsghdr* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(own, const_cast<cmsghdr*>(c))) {
        if (c->cmsg_level == IPPROTO_IP) {
            read_v4(c, result);
        } else if (c->cmsg_level == IPPROTO_IPV6) {
            read_v6(c, result);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            auto at = value_of<timespec>(c);
            result.received = at.tv_sec * std::int64_t{1'000'000'000} + at.tv_nsec;
        } else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
            result.segment = static_cast<std::uint16_t>(value_of<int>(c));
        }
    }
    return result;
}

void write_control(msghdr& message, std::span<char, sent_control_room> room, const datagram_route& to,
                   const datagram_marks& marks, std::uint16_t segment)
{
    message.msg_control = room.data();
    message.msg_controllen = 0;
    bool v4 = is_v4(to);
    if (segment > 0)
        append(message, room.size(), SOL_UDP, UDP_SEGMENT, segment);
    if (to.from.size == 4) {
        in_pktinfo info{};
        std::memcpy(&info.ipi_spec_dst, to.from.bytes.data(), 4);
        append(message, room.size(), IPPROTO_IP, IP_PKTINFO, info);
    } else if (to.from.size == 16) {
        in6_pktinfo info{};
        std::memcpy(&info.ipi6_addr, to.from.bytes.data(), 16);
        append(message, room.size(), IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
    if (marks.hop_limit >= 0)
        append(message, room.size(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_HOPLIMIT,
               marks.hop_limit);
    if (marks.traffic_class >= 0)
        append(message, room.size(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS,
               marks.traffic_class);
    if (message.msg_controllen == 0)
        message.msg_control = nullptr;
}

} // namespace pier::net
