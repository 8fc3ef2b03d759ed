// The way of answers through a bad network: lost, doubled, late or out of order as an impairment decides. One
// for each service and shard.
#pragma once

#include "pier/net/datagram.hpp"
#include "pier/net/types.hpp"
#include "pier/ops/counters.hpp"
#include "pier/ping/delay_queue.hpp"
#include "pier/ping/impairment.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace pier::net {
class datagram_port;
class shard;
} // namespace pier::net

namespace pier::ping {

/// What the paths of a process have in common.
struct bad_network {
    explicit bad_network(const impairment_config& c);

    const impairment_config config;
    const std::uint64_t seed; ///< the one that was chosen, where none was
    budget queue_room;
};

class impaired_path {
public:
    /// `last_touch`: what is done to an answer right before it leaves. `stream`: another one for each
    /// service.
    impaired_path(net::shard& home, std::shared_ptr<bad_network> network, unsigned stream,
                  std::function<void(std::span<char>)> last_touch);

    /// Whether the datagram counts as one that never came.
    bool loses();
    /// Sends `answer`, which stands where `to`'s data begins, when its time has come.
    void send(net::datagram& to, std::size_t answer, net::datagram_port& from);
    /// From the service's tick: a drain waits for nothing that is late on purpose.
    void tick();

    std::vector<ops::named_counter> counters() const;

private:
    struct late {
        net::datagram_port* from;
        net::datagram_route to;
        net::datagram_marks marks;
        bool twice;
        std::vector<char> bytes;
    };

    void keep(const net::datagram& to, std::size_t answer, net::datagram_port& from,
              const impairment::treatment& how);
    void wake_for(impairment::clock::time_point due);
    net::task<> send_late_ones();
    void send_due();

    net::shard& home_;
    const std::shared_ptr<bad_network> network_;
    const bool waits_or_doubles_;
    const std::function<void(std::span<char>)> last_touch_;
    impairment policy_;
    delay_queue<late> queue_;
    net::timer timer_;
    bool sending_ = false; ///< send_late_ones() runs
    ops::counter lost_, duplicated_, reordered_, overflowed_, waiting_;
};

} // namespace pier::ping
