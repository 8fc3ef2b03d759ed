// How a connection's answers get out: waiting for the socket, for cold files, for handlers that make bodies.
#include "pier/http/connection.hpp"
#include "pier/net/await_pace.hpp"
#include "pier/net/blocking_pool.hpp"
#include "pier/net/linger.hpp"

#include <boost/asio/post.hpp>

#include <unistd.h>

namespace pier::http {

namespace {

constexpr std::chrono::milliseconds busy_pause{100};

/// An empty part is the last one.
void append_part(std::string& out, std::string_view part, bool chunked)
{
    if (!chunked) {
        out.append(part);
    } else if (part.empty()) {
        out.append(last_chunk);
    } else {
        chunk_size_buffer size;
        out.append(format_chunk_size(part.size(), size)).append(part).append(chunk_end);
    }
}

/// The size line, or all of the last chunk.
void append_chunk_start(std::string& out, std::uint64_t size)
{
    chunk_size_buffer line;
    out.append(size == 0 ? std::string_view(last_chunk) : format_chunk_size(size, line));
}

} // namespace

net::task<> connection::send()
{
    for (;;) {
        auto outcome = push_output();
        bool going = outcome != sender::outcome::failed;
        if (outcome == sender::outcome::done)
            break;
        if (outcome == sender::outcome::blocked)
            going = co_await wait_writable();
        else if (outcome == sender::outcome::turn)
            co_await give_way();
        else if (outcome == sender::outcome::held)
            co_await net::await_pace(session_.shard(), *pace_);
        else if (outcome == sender::outcome::cold)
            going = co_await warm_up();
        if (!going) {
            abandon();
            co_return;
        }
    }
    if (!x_->response.source)
        co_return;
    if (x_->response.source->gives_parts())
        co_await send_parts();
    else
        co_await send_source();
}

net::task<> connection::deliver()
{
    if (unsent())
        co_await send();
    if (body_unread())
        co_await discard_body();
}

net::task<> connection::wind_up()
{
    if (unsent())
        co_await send();
    bool cut_off = !abandoned_ && session_.stream().may_be_cut_off();
    if ((lingers_ || cut_off) && !session_.told_to_end())
        co_await net::linger(session_, server_.linger);
}

/// An answer that cannot be finished must not look finished: no more bytes, and the connection ends.
void connection::abandon()
{
    open_ = false;
    abandoned_ = true;
    lingers_ = false;
    x_->out.drop();
    x_->response.source.reset();
    session_.stream().reset_on_close();
}

net::task<bool> connection::wait_writable()
{
    session_.expire_by(server_.write);
    auto [error] = co_await session_.stream().writable();
    session_.disarm();
    co_return !error;
}

sender::outcome connection::push_paced(bool closing)
{
    net::send_rates& rates = session_.shard().sending();
    auto now = session_.shard().now();
    auto allowed = rates.allowance(*pace_, now);
    if (allowed == 0)
        return x_->out.empty() ? sender::outcome::done : sender::outcome::held;
    std::uint64_t before = x_->out.total_count();
    auto outcome = x_->out.push(session_.stream(), now, closing, static_cast<std::size_t>(allowed));
    rates.spend(*pace_, static_cast<std::int64_t>(x_->out.total_count() - before));
    return outcome;
}

/// Others that are ready come first; those that wait for the limit for all begin to wait first.
net::task<> connection::give_way()
{
    co_await net::asio::post(session_.shard().context(), net::asio::deferred);
    if (server_.paces)
        co_await net::await_pace(session_.shard(), *pace_);
}

/// Reads the next stretch of a file on the blocking pool, so that only this connection waits for the disk.
net::task<bool> connection::warm_up()
{
    const piece& p = x_->out.cold_piece();
    auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(p.length, sender::cold_read));
    auto buffer = std::make_shared_for_overwrite<char[]>(wanted);
    ssize_t got = 0;
    auto read = [fd = p.file->descriptor.get(), at = static_cast<off_t>(p.offset), into = buffer.get(),
                 wanted, &got] { got = ::pread(fd, into, wanted, at); };
    auto& shard = session_.shard();
    net::timer pause(shard.context());
    for (net::ticks until = shard.now() + server_.write.duration().count();;) {
        auto reading = shard.pool().run(shard.context().get_executor(), read, net::nothrow);
        auto [error] = co_await std::move(reading);
        if (!error)
            break;
        if (shard.now() > until || session_.told_to_end())
            co_return false;
        pause.expires_after(busy_pause); // the pool's queue is full
        co_await pause.async_wait(net::nothrow);
    }
    if (got <= 0)
        co_return false;
    x_->out.warmed(buffer, {buffer.get(), static_cast<std::size_t>(got)});
    co_return true;
}

/// Pulls the body from its source and sends each part before it asks for the next: back-pressure reaches the
/// source.
net::task<> connection::send_source()
{
    std::unique_ptr<body_source> source = std::move(x_->response.source);
    bool chunked = x_->response_is_chunked;
    std::vector<char> part(source_part);
    for (;;) {
        auto got = co_await source->read(part);
        if (got.failed) {
            abandon();
            co_return;
        }
        std::string& out = x_->out.text();
        append_part(out, {part.data(), got.bytes}, chunked);
        x_->body_sent += got.bytes;
        more_parts_ = got.bytes > 0;
        co_await send(); // the source is ours now: this sends the part and no more
        if (got.bytes == 0 || abandoned_)
            co_return;
    }
}

/// The same without copies and, while the source waits, without buffers.
net::task<> connection::send_parts()
{
    std::unique_ptr<body_source> source = std::move(x_->response.source);
    bool chunked = x_->response_is_chunked;
    x_->request = {};
    x_->in.fit();
    for (;;) {
        piece part = co_await source->next_part();
        bool last = part.length == 0;
        x_->body_sent += part.length;
        if (chunked)
            append_chunk_start(x_->out.text(), part.length);
        more_parts_ = !last;
        if (!last) {
            std::vector<piece> pieces;
            pieces.push_back(std::move(part));
            if (chunked)
                pieces.push_back(piece::of(chunk_end, nullptr));
            x_->out.add(pieces);
        }
        co_await send();
        if (last || abandoned_)
            co_return;
    }
}

} // namespace pier::http
