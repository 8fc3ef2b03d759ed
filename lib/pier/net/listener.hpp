// A listening socket and the loop that accepts from it.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/bind.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/readiness.hpp"
#include "pier/ops/service_manager.hpp"

#include <functional>
#include <string>

namespace pier::net {

class stream_service;
class shard;

struct listen_options {
    bool first = true;   ///< of the sockets that share
    bool shared = false; ///< SO_REUSEPORT: each shard has its own socket and queue
    bool peer_speaks_first =
        false;           ///< TCP_DEFER_ACCEPT: a connection is accepted with its first bytes, in one wake-up
    int send_buffer = 0; ///< bytes that the kernel keeps for a TCP peer that does not read; 0: as it likes
};

/// Binds and listens; throws ops::fatal with a sentence that names the address. A unix
/// socket's file that nobody listens on any more is replaced.
unique_fd listen_on(const endpoint& where, const listen_options& options);

/// A socket that the service manager passed, made ready to accept from or, of type SOCK_DGRAM, to receive on.
/// Throws ops::fatal that names it when it is none. What its queue does, deferral for instance, is the
/// manager's choice.
endpoint adopt(const ops::passed_descriptor& passed, int type = SOCK_STREAM);

/// Whether its type is SOCK_DGRAM.
bool carries_datagrams(const ops::passed_descriptor& passed);

/// Which file a unix socket made, so that it is not taken for one that another server put in its place.
struct socket_file {
    std::uint64_t device = 0, inode = 0; ///< 0: none
    static socket_file of(const endpoint& bound);
    void remove_if_same(const endpoint& bound) const;
};

class listener {
public:
    /// What becomes of the connections that wait to be accepted when it stops: it accepts them, or leaves
    /// them to others who accept from the same socket.
    enum class queue { empty, leave };

    /// Where accepted connections go: the own shard, or the next one in turn.
    using deal = std::function<void(unique_fd, const peer_address&)>;

    listener(shard& home, unique_fd fd, net::stream_service& service, deal to, queue at_end = queue::empty);
    ~listener();

    /// Accepts until stopped; then does with the queue what it was told, and closes.
    task<> run();
    void stop();
    net::stream_service& service() { return service_; }

    /// Connections that wait to be accepted; the system's somaxconn caps it.
    static constexpr int backlog = 4096;
    static constexpr int batch = 16; ///< accepts per turn, so that connections at hand are served in between
    /// Accepted after stop(): as many as can have waited then, not whoever reconnects meanwhile.
    static constexpr int last_batches = backlog / batch;

private:
    enum class outcome { accepted, again, empty, no_descriptor, trouble };
    outcome accept_one();
    outcome accept_batch();
    outcome refuse_one();

    static constexpr std::chrono::milliseconds back_off{100};

    shard& home_;
    unique_fd fd_;
    unique_fd reserve_; ///< spent to refuse politely when no descriptor is left
    readiness ready_;
    timer pause_;
    net::stream_service& service_;
    deal deal_;
    const queue at_end_;
    bool stopping_ = false;
};

} // namespace pier::net
