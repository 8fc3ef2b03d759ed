// What a server plugs into the runtime: one object per shard, used by that shard's thread alone.
#pragma once

#include "pier/net/types.hpp"
#include "pier/ops/counters.hpp"

#include <functional>
#include <memory>

namespace pier::net {

class session;
class shard;

class service {
public:
    virtual ~service() = default;

    /// Serves one connection from accept to end. The stream is closed when it returns.
    virtual task<> serve(session& peer) = 0;

    /// A connection that there is no room for: says so without waiting (one send at most); the caller closes
    /// `fd`.
    virtual void refuse(int fd) = 0;

    /// How long a peer may take until it has said its first words: the deadline for a PROXY header.
    virtual std::chrono::milliseconds opening_time() const { return std::chrono::seconds(10); }

    /// About four times a second, and once more when the shard ends: flush, sweep, forget.
    virtual void tick() {}

    ops::counters counters; ///< written by this shard's thread, read by any
    /// It goes on through a drain and ends when all else has ended: how an operator watches one. Set by the
    /// runtime.
    bool ends_last = false;
};

/// Called on each shard's own thread before it listens.
using service_factory = std::function<std::unique_ptr<service>(shard&)>;

} // namespace pier::net
