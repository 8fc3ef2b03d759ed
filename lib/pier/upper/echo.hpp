// One connection's answers: reads, changes and writes as far as that goes without waiting.
#pragma once

#include "pier/upper/stream_server.hpp"

#include <optional>
#include <span>

namespace pier::upper {

class echo {
public:
    echo(net::session& peer, stream_server& server);
    ~echo() { server_.blocks_.give(std::move(block_)); }

    /// Why it stopped: nothing more has come; the peer takes no more; --limit-rate holds it; others have
    /// their turn; the peer has said all and has all its answers; the connection is broken.
    enum class stop { starved, blocked, held, turn_over, finished, broken };
    stop answer();

    /// Before waiting for more: an idle connection holds no buffer. False: there is nothing to wait for.
    bool prepare_to_wait();
    /// After a wait that was aborted: whether there may be something to read all the same.
    bool may_look_again();
    /// Of a connection that is held.
    token_bucket& pace() { return *pace_; }
    /// What could not be sent is missing: that must not look like the end of the answer.
    void give_up() { peer_.stream().reset_on_close(); }
    /// We end it, though the peer may still be sending: it should get to read what it was answered.
    bool lingers() const { return lingers_ && !peer_.told_to_end(); }

private:
    bool leaving() const;
    bool one_more_look();
    bool read();
    std::size_t may_send();

    net::session& peer_;
    stream_server& server_;
    net::buffer_pool::block block_;
    std::span<char> unsent_;
    stop outcome_ = stop::starved;
    std::optional<token_bucket> pace_; ///< none: no limit
    unsigned reads_ = 0;
    bool last_look_ = false;
    bool lingers_ = false;
};

} // namespace pier::upper
