#include "pier/net/datagram_batch.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>

namespace pier::net {

namespace {

/// Rooms that begin a power of two apart share the cache's few lines of one address; so these do not.
constexpr std::size_t stride_of(std::size_t largest)
{
    return (largest + 63) / 64 * 64 + 5 * 64;
}

bool same_peer(const datagram_route& a, const datagram_route& b)
{
    // Family, port and, of IPv4, the address: most that differ differ there, which one comparison tells.
    constexpr std::size_t beginning = offsetof(sockaddr_in, sin_zero);
    return &a == &b || (std::memcmp(&a.peer, &b.peer, beginning) == 0 &&
                        std::memcmp(&a.peer, &b.peer, a.size()) == 0 && a.from == b.from);
}

/// As peer_address::from(), which would have 128 bytes copied for it. `peer` is a new one.
void set_peer(peer_address& peer, const datagram_route& route)
{
    if (route.peer.sin6_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &route.peer, sizeof v4);
        peer.family = AF_INET;
        peer.port = ntohs(v4.sin_port);
        std::memcpy(peer.bytes, &v4.sin_addr, 4);
        return;
    }
    sockaddr_storage address{};
    std::memcpy(&address, &route.peer, sizeof route.peer);
    peer = peer_address::from(address);
}

/// Nothing is said beside the bytes, which goes for most.
bool is_plain(const datagram_route& to, const datagram_marks& marks)
{
    return to.from.size == 0 && marks.hop_limit < 0 && marks.traffic_class < 0;
}

bool same_marks(const datagram_marks& a, const datagram_marks& b)
{
    return a.hop_limit == b.hop_limit && a.traffic_class == b.traffic_class;
}

} // namespace

datagram_batch::datagram_batch(std::size_t largest, bool from_destination)
    : largest_(largest), stride_(stride_of(largest)), from_destination_(from_destination),
      bytes_(new char[stride_ * most_messages]) // pages that nothing long ever reaches stay the kernel's
{
    for (std::size_t i = 0; i < most_messages; ++i) {
        rooms_[i] = {bytes_.get() + i * stride_, largest_};
        incoming_[i] = {};
        incoming_[i].msg_hdr.msg_iov = &rooms_[i];
        incoming_[i].msg_hdr.msg_iovlen = 1;
        incoming_[i].msg_hdr.msg_name = &routes_[i].peer;
        incoming_[i].msg_hdr.msg_control = controls_[i].bytes;
    }
    datagrams_.reserve(most_messages);
}

int datagram_batch::receive(int fd)
{
    datagrams_.clear();
    for (mmsghdr& m : incoming_) {
        m.msg_hdr.msg_namelen = sizeof(sockaddr_in6);
        m.msg_hdr.msg_controllen = received_control_room;
    }
    int count = ::recvmmsg(fd, incoming_.data(), most_messages, MSG_DONTWAIT, nullptr);
    received_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    for (std::size_t i = 0; i < received_; ++i)
        take(i);
    return count;
}

/// A message becomes the datagrams that it carries, each with its part of the room.
void datagram_batch::take(std::size_t index)
{
    const mmsghdr& message = incoming_[index];
    datagram_route& route = routes_[index];
    char* at = bytes_.get() + index * stride_;
    if (message.msg_hdr.msg_controllen == 0 && !from_destination_) { // nothing is told: nothing to copy
        add(route, {at, message.msg_len}, largest_);
        datagrams_.back().truncated = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
        return;
    }
    received_control told = read_control(message.msg_hdr);
    route.from = from_destination_ ? told.destination : ip_address{};
    std::size_t left = message.msg_len, segment = told.segment ? told.segment : left, room = largest_;
    do {
        std::size_t size = std::min(segment, left);
        bool last = size == left;
        datagram& d = add(route, {at, size}, last ? room : size);
        d.received = told.received;
        d.destination = told.destination;
        d.hop_limit = told.hop_limit;
        d.traffic_class = told.traffic_class;
        d.to_many = told.to_many;
        d.truncated = last && (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
        at += size;
        left -= size;
        room -= size;
    } while (left > 0);
}

datagram& datagram_batch::add(const datagram_route& from, std::span<char> data, std::size_t room)
{
    datagram& d = datagrams_.emplace_back();
    d.data = data;
    d.room = room;
    set_peer(d.peer, from);
    d.route_ = &from;
    return d;
}

bool datagram_batch::joins(const group& to, const datagram& next) const
{
    const datagram& first = *to.first;
    std::size_t size = next.reply_size();
    return joining_ && size > 0 && size <= first.reply_size() && to.last_size == first.reply_size() &&
           first.reply_size() <= most_joined_size && to.count < most_joined &&
           to.bytes + size <= most_joined_bytes && same_peer(first.route(), next.route()) &&
           same_marks(first.marks(), next.marks());
}

void datagram_batch::collect_replies()
{
    pieces_.clear();
    groups_.clear();
    flushed_ = 0;
    for (const datagram& d : datagrams_) {
        if (!d.replies())
            continue;
        if (groups_.empty() || !joins(groups_.back(), d))
            groups_.push_back({&d, pieces_.size(), 0, 0, 0});
        pieces_.push_back({d.data.data(), d.reply_size()});
        group& g = groups_.back();
        g.count += 1;
        g.bytes += d.reply_size();
        g.last_size = d.reply_size();
    }
    make_messages();
}

void datagram_batch::make_messages()
{
    outgoing_.resize(groups_.size());
    outgoing_controls_.resize(groups_.size());
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const group& g = groups_[i];
        const datagram_route& route = g.first->route();
        msghdr& m = outgoing_[i].msg_hdr;
        m.msg_name = const_cast<sockaddr*>(route.data());
        m.msg_namelen = route.size();
        m.msg_iov = &pieces_[g.piece];
        m.msg_iovlen = g.count;
        m.msg_control = nullptr;
        m.msg_controllen = 0;
        auto segment = static_cast<std::uint16_t>(g.count > 1 ? g.first->reply_size() : 0);
        if (segment > 0 || !is_plain(route, g.first->marks()))
            write_control(m, std::span(outgoing_controls_[i].bytes), route, g.first->marks(), segment);
    }
}

/// What has not been sent yet goes out datagram by datagram, and so does all that comes after.
void datagram_batch::separate()
{
    joining_ = false;
    std::size_t from = groups_[flushed_].piece;
    std::vector<group> single;
    std::size_t piece = 0;
    for (const datagram& d : datagrams_)
        if (d.replies() && piece++ >= from)
            single.push_back({&d, piece - 1, 1, d.reply_size(), d.reply_size()});
    groups_.swap(single);
    flushed_ = 0;
    make_messages();
}

datagram_sends datagram_batch::flush(int fd)
{
    datagram_sends result;
    while (flushed_ < outgoing_.size()) {
        int sent = ::sendmmsg(fd, &outgoing_[flushed_], static_cast<unsigned>(outgoing_.size() - flushed_),
                              MSG_DONTWAIT);
        for (int i = 0; i < sent; ++i) {
            result.sent += groups_[flushed_].count;
            result.bytes += groups_[flushed_++].bytes;
        }
        if (sent > 0 || errno == EINTR)
            continue;
        if (errno == EAGAIN) {
            result.blocked = true;
            break;
        }
        if (groups_[flushed_].count > 1 && (errno == EINVAL || errno == EIO || errno == EMSGSIZE)) {
            separate();
        } else {
            result.failed += groups_[flushed_++].count;
        }
    }
    return result;
}

bool send_datagram(int fd, const datagram_route& to, std::span<const char> bytes, const datagram_marks& marks)
{
    struct alignas(cmsghdr) {
        char bytes[sent_control_room];
    } control;
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_name = const_cast<sockaddr*>(to.data());
    message.msg_namelen = to.size();
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    write_control(message, std::span(control.bytes), to, marks, 0);
    ssize_t sent;
    do
        sent = ::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

} // namespace pier::net
