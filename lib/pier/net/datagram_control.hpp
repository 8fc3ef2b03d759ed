// Ancillary data of a datagram, both ways: what the kernel tells beside the bytes, and what it is told. No
// I/O.
#pragma once

#include "pier/net/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/socket.h>

namespace pier::net {

/// Enough for all that is asked for: a time stamp of 32 bytes, integers of 24 each, addresses of 32 and 40.
inline constexpr std::size_t received_control_room = 192;
/// Enough for what write_control() says.
inline constexpr std::size_t sent_control_room = 128;

struct received_control {
    std::int64_t received = 0; ///< nanoseconds since 1970
    ip_address destination;    ///< ours: of a broadcast, the one that was meant by it
    std::int16_t hop_limit = -1, traffic_class = -1;
    std::uint16_t segment =
        0; ///< UDP_GRO: the size of all datagrams in the message but the last; 0: just one
    bool to_many = false;
};

received_control read_control(const msghdr& message);

/// `segment`: UDP_SEGMENT, 0 for a single datagram. `room` is aligned as cmsghdr is. Points `message` there.
void write_control(msghdr& message, std::span<char, sent_control_room> room, const datagram_route& to,
                   const datagram_marks& marks, std::uint16_t segment);

} // namespace pier::net
