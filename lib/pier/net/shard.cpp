#include "pier/net/shard.hpp"

#include "pier/net/blocking_pool.hpp"
#include "pier/net/datagram_port.hpp"
#include "pier/net/listener.hpp"
#include "pier/net/proxy_header.hpp"
#include "pier/net/spawn.hpp"
#include "pier/net/tls_engine.hpp"
#include "pier/net/tls_handshake.hpp"
#include "pier/ops/log.hpp"

#include <ctime>
#include <limits>
#include <utility>

namespace pier::net {

namespace {

constexpr std::size_t spare_bytes = 4 << 20; // unused buffers that a shard keeps, per block size

} // namespace

shard::shard(unsigned index, process& whole)
    : index_(index), process_(whole), request_leases_(whole.limits.requests, whole.limits.sharers),
      datagram_leases_(whole.limits.datagrams, whole.limits.sharers),
      sending_(whole.limits.config.send, whole.limits.sent, whole.limits.sharers, index), last_tick_(now()),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO)
{
    for (drain_round& r : process_.rounds)
        r.shards_busy.fetch_add(1);
}

shard::~shard()
{
    context_.abandon();
    handshakes_.abandon();
    services_.clear();
}

blocking_pool& shard::pool()
{
    return process_.pool;
}

std::int64_t shard::unix_nanoseconds() const
{
    timespec t{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &t);
    return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

deadline_list& shard::deadlines(std::chrono::milliseconds after)
{
    for (auto& list : deadlines_)
        if (list->duration() == after)
            return *list;
    return *deadlines_.emplace_back(std::make_unique<deadline_list>(after));
}

buffer_pool& shard::buffers(std::size_t block_size)
{
    for (auto& pool : buffers_)
        if (pool->block_size() == block_size)
            return *pool;
    return *buffers_.emplace_back(std::make_unique<buffer_pool>(block_size, spare_bytes / block_size));
}

service& shard::add_service(std::unique_ptr<service> made)
{
    return *services_.emplace_back(std::move(made));
}

void shard::add_listener(std::unique_ptr<listener> added)
{
    listener& l = *listeners_.emplace_back(std::move(added));
    run_until_stopped(l.run(), l.service(), "accept loop");
}

void shard::add_port(std::unique_ptr<datagram_port> added)
{
    datagram_port& p = *ports_.emplace_back(std::move(added));
    run_until_stopped(p.run(), p.service(), "datagram loop");
}

void shard::run_until_stopped(task<> accepting, const service& by, const char* what)
{
    auto& open = process_.rounds[by.ends_last].listeners_open;
    open.fetch_add(1);
    spawn(context_, std::move(accepting), [&open, what](std::exception_ptr error) {
        open.fetch_sub(1);
        if (error)
            ops::log_exception(what, error);
    });
}

void shard::admit(unique_fd fd, const peer_address& peer, stream_service& by, const tls_server* tls)
{
    if (!process_.connections.enter(by.ends_last ? reserved_places : 0)) {
        refuse(fd.get(), by, peer, "refused, too many connections", !tls);
        return;
    }
    bool limited = !by.ends_last;             // what ends last is the operator's
    bool proxied = limited && is_proxy(peer); // then the client has yet to be named
    bool counted = limited && !proxied;
    if (counted && !enter_by_address(peer)) {
        by.counters.connections_refused_by_address.add();
        refuse(fd.get(), by, peer, "refused, too many connections of this address", !tls);
        process_.connections.leave();
        return;
    }
    by.counters.connections_accepted.add();
    by.counters.connections_open.add();
    ++open_[by.ends_last];
    auto* s = new session(*this, by, std::move(fd), peer);
    sessions_.push_back(*s);
    s->counted_by_address = counted;
    auto serving = proxied ? serve_proxied(*s, by, tls) : tls ? serve_secured(*s, by, *tls) : by.serve(*s);
    spawn(context_, std::move(serving), [this, s](std::exception_ptr error) { finished(*s, error); });
}

bool shard::is_proxy(const peer_address& peer) const
{
    const cidr_list& proxies = process_.limits.config.proxies;
    return !proxies.empty() && proxies.contains(peer.ip());
}

bool shard::enter_by_address(const peer_address& client)
{
    address_counts& connections = process_.limits.connections;
    if (!connections.limited())
        return true;
    auto key = address_key::of(client);
    return !key || connections.enter(*key);
}

/// Who expects TLS could not read what the service says.
void shard::refuse(int fd, stream_service& by, const peer_address& peer, std::string_view why, bool plain)
{
    if (plain)
        by.refuse(fd);
    by.counters.connections_refused.add();
    say_debug(peer, why);
}

void shard::say_debug(const peer_address& peer, std::string_view what) const
{
    if (ops::logs(ops::level::debug))
        ops::log(ops::level::debug, peer.to_string().append(": ").append(what));
}

/// A connection from a proxy: nothing of it is served or counted by address before the client is known.
task<> shard::serve_proxied(session& peer, stream_service& by, const tls_server* tls)
{
    peer.expire_by(deadlines(by.opening_time()));
    bool named = co_await read_proxy_header(peer);
    peer.disarm();
    if (!named) {
        by.counters.proxy_headers_refused.add();
        say_debug(peer.peer(), "refused, no good PROXY header");
        co_return;
    }
    if (!enter_by_address(peer.peer())) {
        by.counters.connections_refused_by_address.add();
        refuse(peer.stream().native_handle(), by, peer.peer(),
               "refused, too many connections of this address", !tls);
        co_return;
    }
    peer.counted_by_address = true;
    if (tls)
        co_await serve_secured(peer, by, *tls);
    else
        co_await by.serve(peer);
}

task<> shard::serve_secured(session& peer, stream_service& by, const tls_server& tls)
{
    bool agreed = co_await tls_accept(peer, tls);
    if (agreed) {
        by.counters.tls_handshakes.add();
        by.counters.tls_handshakes_resumed.add(peer.stream().tls()->facts().resumed);
        co_await by.serve(peer);
    } else {
        by.counters.tls_handshakes_failed.add();
        if (ops::logs(ops::level::debug) && peer.stream().tls())
            say_debug(peer.peer(), "no TLS: " + peer.stream().tls()->failure().to_string());
    }
}

std::int64_t shard::admit_request(const peer_address& client)
{
    auto key = address_key::of(client);
    return key ? request_leases_.admit(*key, now()) : 0;
}

bool shard::admit_datagram(const peer_address& from, ticks now)
{
    if (!process_.limits.datagrams.limit())
        return true;
    auto key = address_key::of(from);
    return !key || datagram_leases_.admit(*key, now) == 0;
}

void shard::finished(session& peer, std::exception_ptr error)
{
    if (error)
        ops::log_exception("session", error);
    service& by = peer.service();
    if (process_.limits.connections.limited() && peer.counted_by_address)
        if (auto key = address_key::of(peer.peer()))
            process_.limits.connections.leave(*key);
    delete &peer; // leaves the registry and its deadline, closes the stream
    by.counters.connections_open.subtract();
    --open_[by.ends_last];
    process_.connections.leave();
}

/// A listener of another shard may still have connections for this one.
bool shard::done(bool last) const
{
    return draining_ && open_[last] == 0 && process_.rounds[last].listeners_open == 0;
}

void shard::sweep()
{
    settling_.sweep(now(), [](deadline_hook& hook) { static_cast<session&>(hook).settled(); });
    for (auto& list : deadlines_)
        list->sweep(now(), [this](deadline_hook& hook) {
            auto& late = static_cast<session&>(hook);
            late.service().counters.deadlines_expired.add();
            say_debug(late.peer(), "a deadline has passed");
            late.end(session::ending::deadline);
        });
    if (draining_ && now() >= fresh_until_)
        sweep_draining();
}

/// Fresh sessions have had their moment; so have, when all else has ended, those that end last.
void shard::sweep_draining()
{
    sessions_.for_each([this](session& s) {
        if (s.service().ends_last) {
            if (draining_last_)
                s.end(session::ending::forced);
        } else if (s.doing == session::phase::fresh) {
            s.end(session::ending::drain);
        }
    });
}

/// The shard's one timer: expires deadlines, lets services flush. When it ends, run() ends. It wants to see
/// everything done twice: what another shard posted before its listener closed arrives in between.
task<> shard::tick_until_done()
{
    for (bool last : {false, true}) {
        drain_round& round = process_.rounds[last];
        bool reported = false;
        for (int quiet = 0; !reported || round.shards_busy > 0;) {
            ticker_.expires_after(draining_ ? drain_interval : tick_interval);
            auto [ec] = co_await ticker_.async_wait(nothrow);
            (void)ec;
            last_tick_.store(now(), std::memory_order_relaxed);
            sweep();
            if (index_ == 0)
                pool().relieve();
            for (auto& s : services_)
                s->tick();
            quiet = done(last) ? quiet + 1 : 0;
            if (quiet == 2 && !std::exchange(reported, true))
                round.shards_busy.fetch_sub(1);
        }
        if (!last)
            begin_last();
    }
    last_tick_.store(std::numeric_limits<ticks>::max(), std::memory_order_relaxed);
}

void shard::begin_last()
{
    draining_last_ = true;
    fresh_until_ = now() + last_grace.count();
    stop_round(true);
    for (auto& s : services_)
        s->tick(); // who keeps an answer open ends it now
}

void shard::stop_round(bool last)
{
    for (auto& l : listeners_)
        if (l->service().ends_last == last)
            l->stop();
    for (auto& p : ports_)
        if (p->service().ends_last == last)
            p->stop();
    sessions_.for_each([last](session& s) {
        if (s.doing == session::phase::idle && s.service().ends_last == last)
            s.end(session::ending::drain);
    });
}

void shard::run()
{
    spawn(context_, tick_until_done(), [](std::exception_ptr error) {
        if (error)
            ops::log_exception("tick", error);
    });
    context_.run();
}

void shard::drain(std::chrono::milliseconds fresh_grace)
{
    draining_ = true;
    fresh_until_ = now() + fresh_grace.count();
    stop_round(false);
    ticker_.cancel(); // from now on it is looked more often whether all is done
}

void shard::end_all()
{
    sessions_.for_each([](session& s) {
        if (!s.service().ends_last)
            s.end(session::ending::forced);
    });
}

} // namespace pier::net
