// Datagrams as the kernel takes and gives them: many in one system call each way. Native calls on a
// descriptor, never blocking, no Asio.
#pragma once

#include "pier/net/datagram.hpp"
#include "pier/net/datagram_control.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/socket.h>
#include <vector>

namespace pier::net {

/// What a try to send brought.
struct datagram_sends {
    std::uint64_t sent = 0, bytes = 0;
    std::uint64_t failed = 0; ///< given up: the kernel would not have them
    bool blocked = false;     ///< the socket's buffer is full: flush() goes on when it is writable
};

class datagram_batch {
public:
    /// Messages for one system call; one message may carry several datagrams of one sender (UDP_GRO).
    static constexpr std::size_t most_messages = 64;

    /// `from_destination`: answers leave from the address that was written to, which the socket tells.
    datagram_batch(std::size_t largest, bool from_destination);

    /// As many as wait, at most a batch of them; those before are gone. How many messages, or -1 with errno
    /// set.
    int receive(int fd);
    /// Fewer came than fit: nothing waits, and what comes next announces itself by an edge.
    bool emptied() const { return received_ < most_messages; }
    std::span<datagram> datagrams() { return datagrams_; }
    /// Leaves out those for whom `keep` is false.
    template <class Keep>
    void keep_if(Keep keep)
    {
        std::erase_if(datagrams_, [&](const datagram& d) { return !keep(d); });
    }

    /// Makes messages of the replies; those of one size to one peer are joined (UDP_SEGMENT): the kernel then
    /// goes its way from socket to device once for all of them.
    void collect_replies();
    std::size_t messages_to_send() const { return groups_.size() - flushed_; }
    /// Sends what has been collected, up to where the socket blocks.
    datagram_sends flush(int fd);

private:
    struct group { // of replies in one message
        const datagram* first;
        std::size_t piece, count, bytes;
        std::size_t last_size;
    };
    using control = std::array<char, sent_control_room>;

    /// Only what a usual link carries is joined: a datagram that must be fragmented would spoil the whole
    /// message.
    static constexpr std::size_t most_joined_size = 1452, most_joined_bytes = 64'000, most_joined = 64;

    void take(std::size_t message);
    datagram& add(const datagram_route& from, std::span<char> data, std::size_t room);
    bool joins(const group& to, const datagram& next) const;
    void make_messages();
    void separate();

    const std::size_t largest_, stride_;
    const bool from_destination_;
    bool joining_ = true; ///< until the kernel refuses a joined message: its device may not know how
    std::unique_ptr<char[]> bytes_;
    std::array<iovec, most_messages> rooms_;
    std::array<mmsghdr, most_messages> incoming_;
    std::array<datagram_route, most_messages> routes_;
    struct alignas(cmsghdr) control_room {
        char bytes[received_control_room];
    };
    std::array<control_room, most_messages> controls_;
    std::size_t received_ = 0;
    std::vector<datagram> datagrams_;

    std::vector<iovec> pieces_;
    std::vector<group> groups_;
    std::vector<mmsghdr> outgoing_;
    struct alignas(cmsghdr) sent_control {
        char bytes[sent_control_room];
    };
    std::vector<sent_control> outgoing_controls_;
    std::size_t flushed_ = 0; ///< groups
};

/// One datagram, now or not at all. True when the kernel took it.
bool send_datagram(int fd, const datagram_route& to, std::span<const char> bytes,
                   const datagram_marks& marks);

} // namespace pier::net
