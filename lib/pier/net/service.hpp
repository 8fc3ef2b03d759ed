// What a server plugs into the runtime: one object per shard, used by that shard's thread alone.
#pragma once

#include "pier/net/types.hpp"
#include "pier/ops/counters.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace pier::net {

class datagram;
class datagram_port;
class session;
class shard;

class service {
public:
    virtual ~service() = default;

    /// About four times a second, and once more when the shard ends: flush, sweep, forget.
    virtual void tick() {}

    /// What it counts beyond `counters`: the same ones for as long as it lives, on every shard the same
    /// names.
    virtual std::vector<ops::named_counter> own_counters() const { return {}; }

    ops::counters counters; ///< written by this shard's thread, read by any
    /// It goes on through a drain and ends when all else has ended: how an operator watches one. Set by the
    /// runtime.
    bool ends_last = false;
};

/// Serves connections, of TCP or of unix sockets.
class stream_service : public service {
public:
    /// Serves one connection from accept to end. The stream is closed when it returns.
    virtual task<> serve(session& peer) = 0;

    /// A connection that there is no room for: says so without waiting (one send at most); the caller closes
    /// `fd`.
    virtual void refuse(int fd) = 0;

    /// The last words to a peer that speaks without TLS where TLS is spoken. Empty: it is closed.
    virtual std::string_view answer_without_tls() { return {}; }

    /// How long a peer may take until it has said its first words: the deadline for a PROXY header.
    virtual std::chrono::milliseconds opening_time() const { return std::chrono::seconds(10); }
};

/// Answers datagrams, see net/datagram.hpp.
class datagram_service : public service {
public:
    /// What came together; whoever may not be answered has been left out. `from` is where it came in.
    virtual void on_batch(std::span<datagram> batch, datagram_port& from) = 0;
};

/// Called on each shard's own thread before it listens.
using stream_factory = std::function<std::unique_ptr<stream_service>(shard&)>;
using datagram_factory = std::function<std::unique_ptr<datagram_service>(shard&)>;

} // namespace pier::net
