#include "pier/upper/stream_server.hpp"

#include "pier/net/await_pace.hpp"
#include "pier/net/linger.hpp"
#include "pier/upper/echo.hpp"

#include <boost/asio/post.hpp>

namespace pier::upper {

namespace {

constexpr std::chrono::milliseconds linger_time{2'000};

} // namespace

net::stream_factory make_stream_server(const config& c)
{
    return [c](net::shard& shard) { return std::make_unique<stream_server>(shard, c); };
}

stream_server::stream_server(net::shard& shard, const config& c)
    : idle_(shard.deadlines(c.timeout_idle)), send_(shard.deadlines(c.timeout_send)),
      linger_(shard.deadlines(linger_time)), blocks_(shard.buffers(block_size))
{
}

net::task<> stream_server::serve(net::session& peer)
{
    echo e(peer, *this);
    for (;;) {
        auto stopped = e.answer();
        // Idle time goes on running through an answer that is given at once.
        if (stopped == echo::stop::starved) {
            if (!e.prepare_to_wait())
                break;
            auto [error] = co_await peer.stream().readable();
            if (error && !e.may_look_again())
                break;
        } else if (stopped == echo::stop::blocked) {
            peer.expire_by(send_); // anew after each step forward
            auto [error] = co_await peer.stream().writable();
            peer.disarm();
            if (error) {
                e.give_up();
                break;
            }
        } else if (stopped == echo::stop::held) {
            peer.disarm();
            co_await net::await_pace(peer.shard(), e.pace());
        } else if (stopped == echo::stop::turn_over) {
            peer.disarm();
            co_await net::asio::post(peer.shard().context(), net::asio::deferred);
        } else {
            break;
        }
    }
    if (e.lingers())
        co_await net::linger(peer, linger_);
}

} // namespace pier::upper
