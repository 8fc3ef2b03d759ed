// One bound datagram socket of one shard: reads in batches, lets a service answer in place, sends in batches.
// Asio knows no recvmmsg, and awaiting one datagram at a time costs more than answering it:
// docs/decisions/0005-datagrams.md has the figures.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/datagram.hpp"
#include "pier/net/datagram_batch.hpp"
#include "pier/net/deadlines.hpp"
#include "pier/net/readiness.hpp"
#include "pier/net/source_guard.hpp"

#include <span>

namespace pier::net {

class datagram_service;
class shard;

struct datagram_options {
    bool first = true;   ///< of the sockets that share
    bool shared = false; ///< SO_REUSEPORT: each shard has its own socket and queue
};

/// Binds a socket that is set up; throws ops::fatal with a sentence that names the address.
unique_fd bind_datagrams(const endpoint& where, const datagram_options& options,
                         const datagram_details& details = {});

/// Makes room, and asks the kernel for `details`; on a wildcard address for destinations, too, as answers are
/// to leave from there. Before anybody is told of the address: what comes from then on finds it so.
void set_up_datagrams(int fd, const endpoint& where, const datagram_details& details);

struct datagram_port_config {
    datagram_details details;
    source_guard guard;       ///< whom the service never sees
    bool leave_queue = false; ///< what waits at the end is a successor's, who has the same socket
};

class datagram_port {
public:
    datagram_port(shard& home, unique_fd fd, datagram_service& service, const datagram_port_config& config);
    ~datagram_port();

    /// Serves until stopped; then answers what waits, and closes.
    task<> run();
    void stop();

    /// For what is not an answer in place: sends at once or not at all, and counts.
    bool send(const datagram_route& to, std::span<const char> bytes, const datagram_marks& marks = {});

    net::datagram_service& service() { return service_; }
    const endpoint& bound() const { return bound_; }

    /// Batches answered at the end, should peers not stop.
    static constexpr int last_batches = 64;

private:
    enum class outcome { served, empty, trouble };
    outcome receive();
    bool admits(const datagram& d, ticks now);
    task<> send_replies();

    static constexpr std::chrono::milliseconds back_off{100};
    /// So many reads in a row may fail by an earlier datagram's error, told late: behind it others wait.
    static constexpr int late_errors = 16;

    shard& home_;
    unique_fd fd_;
    readiness ready_;
    timer pause_;
    net::datagram_service& service_;
    const datagram_port_config config_;
    const endpoint bound_;
    datagram_batch batch_;
    bool stopping_ = false;
    bool busy_ = false; ///< since a full batch there has always been more
};

} // namespace pier::net
