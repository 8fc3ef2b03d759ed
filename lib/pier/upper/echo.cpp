#include "pier/upper/echo.hpp"

#include "pier/upper/uppercase.hpp"

#include <algorithm>
#include <sys/uio.h>
#include <utility>

namespace pier::upper {

namespace {

// A read that emptied the socket may have brought the peer's end along unnoticed (see
// net::stream::peer_has_finished). Whoever says one thing and ends hears the answer's end at once because a
// connection's first reads, and large ones, are followed by another look; between small messages without end
// it would cost more than it is worth, and the session notices the end when it has been idle for a moment.
constexpr unsigned first_reads = 16;
constexpr std::size_t large_read = 4 * 1024;

} // namespace

echo::echo(net::session& peer, stream_server& server) : peer_(peer), server_(server)
{
    if (peer.shard().sending().limited())
        pace_.emplace();
}

echo::stop echo::answer()
{
    net::stream& stream = peer_.stream();
    for (std::size_t sent = 0; sent < stream_server::turn_size;) {
        if (unsent_.empty() && !read())
            return outcome_;
        std::size_t allowed = may_send();
        if (allowed == 0)
            return stop::held;
        iovec piece{unsent_.data(), allowed};
        auto put = stream.write_some({&piece, 1});
        if (put.would_block())
            return stop::blocked;
        if (put.failed())
            return stop::broken;
        if (pace_)
            peer_.shard().sending().spend(*pace_, static_cast<std::int64_t>(put.bytes));
        unsent_ = unsent_.subspan(put.bytes);
        sent += put.bytes;
        peer_.bytes_sent += put.bytes;
        server_.counters.bytes_sent.add(put.bytes);
    }
    return stop::turn_over;
}

std::size_t echo::may_send()
{
    if (!pace_)
        return unsent_.size();
    std::int64_t allowed = peer_.shard().sending().allowance(*pace_, peer_.shard().now());
    return std::min(unsent_.size(), static_cast<std::size_t>(allowed));
}

/// False: there was nothing to read, `outcome_` says why.
bool echo::read()
{
    net::stream& stream = peer_.stream();
    outcome_ = stop::starved;
    if (!stream.may_have_input() && !one_more_look())
        return false;
    if (!block_)
        block_ = server_.blocks_.take();
    auto got = stream.read_some({block_.get(), stream_server::block_size});
    if (got.would_block())
        return false;
    if (got.failed() || got.bytes == 0) {
        outcome_ = got.failed() ? stop::broken : stop::finished;
        return false;
    }
    if (reads_ < first_reads || got.bytes >= large_read)
        stream.expect_input();
    reads_ += reads_ < first_reads;
    lingers_ = leaving();
    peer_.doing = net::session::phase::busy;
    peer_.bytes_received += got.bytes;
    server_.counters.bytes_received.add(got.bytes);
    unsent_ = {block_.get(), got.bytes};
    uppercase(unsent_);
    return true;
}

bool echo::leaving() const
{
    return peer_.draining() && peer_.doing != net::session::phase::fresh;
}

/// Before a draining server closes a connection: something may have arrived in this very moment.
bool echo::one_more_look()
{
    return leaving() && !std::exchange(last_look_, true);
}

bool echo::prepare_to_wait()
{
    server_.blocks_.give(std::move(block_));
    if (last_look_)
        return false;
    if (peer_.doing != net::session::phase::fresh)
        peer_.idle_until(server_.idle_);
    else if (!peer_.armed())
        peer_.expire_by(server_.idle_);
    return true;
}

bool echo::may_look_again()
{
    using ending = net::session::ending;
    auto why = peer_.why_ended();
    if (why != ending::peer_left && why != ending::drain)
        return false;
    last_look_ = why == ending::drain;
    peer_.resume();
    return true;
}

} // namespace pier::upper
