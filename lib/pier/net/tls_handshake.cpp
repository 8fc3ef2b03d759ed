#include "pier/net/tls_handshake.hpp"

#include "pier/net/linger.hpp"
#include "pier/net/shard.hpp"
#include "pier/net/tls_engine.hpp"
#include "pier/net/tls_server.hpp"

namespace pier::net {

namespace {

/// The peer may still be sending its request, and is to read our sentence.
constexpr std::chrono::milliseconds last_words{2'000};

task<bool> wait_for(stream& with, tls_step what)
{
    if (what == tls_step::wants_write) {
        auto [error] = co_await with.writable();
        co_return !error;
    }
    auto [error] = co_await with.readable();
    co_return !error;
}

task<> answer_plainly(session& peer)
{
    std::string_view words = peer.service().answer_without_tls();
    if (words.empty())
        co_return;
    peer.stream().stop_tls();
    iovec piece{const_cast<char*>(words.data()), words.size()};
    peer.stream().write_some({&piece, 1});
    co_await linger(peer, peer.shard().deadlines(last_words));
}

} // namespace

task<bool> tls_handshake(stream& with)
{
    for (;;) {
        tls_step step = with.handshake();
        if (step == tls_step::done || step == tls_step::failed)
            co_return step == tls_step::done;
        bool going = co_await wait_for(with, step);
        if (!going)
            co_return false;
    }
}

task<bool> tls_accept(session& peer, const tls_server& by)
{
    ssl_ptr ssl = by.open();
    if (!ssl)
        co_return false;
    stream& with = peer.stream();
    with.start_tls(std::move(ssl));
    peer.expire_by(peer.shard().deadlines(by.handshake_time()));
    turnstile& turns = peer.shard().handshakes();
    for (;;) {
        if (!turns.pass()) {
            auto [never] = co_await turns.wait(nothrow);
            (void)never;
        }
        if (peer.told_to_end())
            co_return false;
        tls_step step = with.handshake();
        if (step == tls_step::done)
            break;
        if (step == tls_step::failed) {
            if (with.tls()->failure().what == tls_failure::kind::plain)
                co_await answer_plainly(peer);
            co_return false;
        }
        bool going = co_await wait_for(with, step);
        if (!going)
            co_return false;
    }
    peer.disarm();
    co_return true;
}

} // namespace pier::net
