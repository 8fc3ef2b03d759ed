// A received datagram, answered in its own buffer, and what a service asks the kernel to tell of it. No I/O.
#pragma once

#include "pier/base/ip_address.hpp"
#include "pier/net/endpoint.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <span>

namespace pier::net {

/// What is asked of the kernel for each datagram; what is not asked for costs nothing.
struct datagram_details {
    bool receive_time = false;  ///< SO_TIMESTAMPNS
    bool hop_limit = false;     ///< TTL or hop limit
    bool traffic_class = false; ///< DSCP and ECN
    bool destination = false;   ///< which of this machine's addresses; asked anyway on a wildcard address

    /// Longer ones arrive cut, marked `truncated`. The default is the most that UDP carries.
    std::size_t largest = 65535;
};

/// Where answers to a peer go, and from which of our addresses: what is kept to send something later.
struct datagram_route {
    sockaddr_in6 peer{}; ///< or the sockaddr_in at its beginning, by sin6_family
    ip_address from;     ///< ours; none: the kernel's choice

    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&peer); }
    socklen_t size() const
    {
        return peer.sin6_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    }
};

/// What a single datagram is marked with instead of the socket's marks; -1: with those.
struct datagram_marks {
    int hop_limit = -1;
    int traffic_class = -1;
};

class datagram {
public:
    /// What came. A service may write here: its answer goes out from the same bytes.
    std::span<char> data;
    /// How many bytes there are from data.data() on for an answer: never fewer than came.
    std::size_t room = 0;
    peer_address peer;
    std::int64_t received =
        0;                  ///< nanoseconds since 1970 by the kernel's clock; 0: not asked for, or not told
    ip_address destination; ///< none unless asked for or needed
    std::int16_t hop_limit = -1;
    std::int16_t traffic_class = -1; ///< DSCP in the upper six bits, ECN in the lower two
    bool truncated = false;          ///< it was longer than `data`
    bool to_many = false; ///< sent to a broadcast or multicast address, as far as `destination` is known

    /// The first `size` bytes at data.data() go back to the peer when all of the batch has been seen, from
    /// the address that it wrote to. An answer longer than what was asked amplifies: that is the service's to
    /// justify.
    void reply(std::size_t size)
    {
        reply_size_ = std::min(size, room);
        replies_ = true;
    }
    /// Answers are marked with the socket's marks unless told otherwise.
    void mark_reply(const datagram_marks& marks) { marks_ = marks; }
    bool replies() const { return replies_; }
    std::size_t reply_size() const { return reply_size_; }
    const datagram_marks& marks() const { return marks_; }

    /// For answers that wait.
    const datagram_route& route() const { return *route_; }

private:
    friend class datagram_batch;
    const datagram_route* route_ = nullptr;
    std::size_t reply_size_ = 0;
    datagram_marks marks_;
    bool replies_ = false;
};

} // namespace pier::net
