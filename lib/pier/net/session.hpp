// One connection as the runtime sees it: its stream, its peer, what it is doing, when that must end.
#pragma once

#include "pier/net/deadlines.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/stream.hpp"

namespace pier::net {

class stream_service;
class shard;
struct registry_tag;

/// Lives in its shard's registry from accept to the end of its coroutine; services refer to it freely until
/// then.
class session : public list_hook<registry_tag>, public deadline_hook {
public:
    /// What a drain may do to it: an idle one is closed, a fresh one (nothing received yet) gets a moment
    /// more, a busy one finishes its answer.
    enum class phase : unsigned char { fresh, idle, busy };
    /// Why the runtime told it to end.
    enum class ending : unsigned char { none, deadline, drain, peer_left, forced };

    session(net::shard& shard, net::stream_service& service, unique_fd fd, const peer_address& peer);

    net::shard& shard() { return shard_; }
    net::stream_service& service() { return service_; }
    net::stream& stream() { return stream_; }
    const peer_address& peer() const { return peer_; }
    /// The true client's, of which a proxy told.
    void set_peer(const peer_address& client) { peer_ = client; }

    phase doing = phase::fresh;
    bool counted_by_address = false; ///< the shard's note: it has a place in process::limits

    /// For who lists connections; the service counts here what it counts for itself.
    std::uint32_t requests = 0;
    std::uint64_t bytes_received = 0, bytes_sent = 0;
    ticks since = 0;

    /// Whether this connection is to end with its next answer.
    bool draining() const;

    /// Arms this session's deadline: when it passes, pending and later waits on the stream are aborted.
    void expire_by(deadline_list& list);
    /// The same for a session between two requests. Its first moment ends with a look whether the peer has
    /// left (see stream::peer_has_finished); `list` counts from then.
    void idle_until(deadline_list& list);
    bool told_to_end() const { return ending_ != ending::none; }
    ending why_ended() const { return ending_; }
    /// After a deadline: makes waiting possible again, for a last word to the peer.
    void resume();
    void end(ending why);

private:
    friend class net::shard;
    void settled();

    net::shard& shard_;
    net::stream_service& service_;
    [[no_unique_address]] net::stream stream_;
    peer_address peer_;
    ending ending_ = ending::none;
    bool settling_ = false; ///< in its shard's list of those, as long as it is armed
    deadline_list* after_settling_ = nullptr;
};

} // namespace pier::net
