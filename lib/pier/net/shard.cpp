#include "pier/net/shard.hpp"

#include "pier/net/blocking_pool.hpp"
#include "pier/net/listener.hpp"
#include "pier/net/proxy_header.hpp"
#include "pier/ops/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <ctime>

namespace pier::net {

namespace {

template <class Rep>
Rep read_clock(clockid_t clock, Rep per_second)
{
    timespec t;
    ::clock_gettime(clock, &t);
    return t.tv_sec * per_second + t.tv_nsec / (1'000'000'000 / per_second);
}

constexpr std::size_t spare_bytes = 4 << 20; // unused buffers that a shard keeps, per block size

} // namespace

shard::shard(unsigned index, process& whole)
    : index_(index), process_(whole), request_leases_(whole.limits.requests, whole.limits.sharers),
      sending_(whole.limits.config.send, whole.limits.sent, whole.limits.sharers),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO)
{
}

shard::~shard() = default;

blocking_pool& shard::pool()
{
    return process_.pool;
}

ticks shard::now() const
{
    return read_clock<ticks>(CLOCK_MONOTONIC_COARSE, 1000);
}

std::int64_t shard::unix_time() const
{
    return read_clock<std::int64_t>(CLOCK_REALTIME_COARSE, 1);
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

service& shard::add_service(const service_factory& make)
{
    return *services_.emplace_back(make(*this));
}

void shard::add_listener(std::unique_ptr<listener> added)
{
    listener& l = *listeners_.emplace_back(std::move(added));
    process_.listeners_open.fetch_add(1);
    asio::co_spawn(context_, l.run(), [this](std::exception_ptr error) {
        process_.listeners_open.fetch_sub(1);
        if (error)
            ops::log_exception("accept loop", error);
    });
}

void shard::admit(unique_fd fd, const peer_address& peer, service& by)
{
    if (!process_.connections.enter()) {
        refuse(fd.get(), by);
        return;
    }
    bool proxied = is_proxy(peer); // then the client has yet to be named
    if (!proxied && !enter_by_address(peer)) {
        counters.connections_refused_by_address.add();
        refuse(fd.get(), by);
        process_.connections.leave();
        return;
    }
    counters.connections_accepted.add();
    counters.connections_open.add();
    auto* s = new session(*this, std::move(fd), peer);
    sessions_.push_back(*s);
    s->counted_by_address = !proxied;
    auto serving = proxied ? serve_proxied(*s, by) : by.serve(*s);
    asio::co_spawn(context_, std::move(serving),
                   [this, s](std::exception_ptr error) { finished(*s, error); });
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

void shard::refuse(int fd, service& by)
{
    by.refuse(fd);
    counters.connections_refused.add();
}

/// A connection from a proxy: nothing of it is served or counted by address before the client is known.
task<> shard::serve_proxied(session& peer, service& by)
{
    peer.expire_by(deadlines(by.opening_time()));
    bool named = co_await read_proxy_header(peer);
    peer.disarm();
    if (!named) {
        counters.proxy_headers_refused.add();
        co_return;
    }
    if (!enter_by_address(peer.peer())) {
        counters.connections_refused_by_address.add();
        refuse(peer.stream().native_handle(), by);
        co_return;
    }
    peer.counted_by_address = true;
    co_await by.serve(peer);
}

std::int64_t shard::admit_request(const peer_address& client)
{
    if (!process_.limits.requests.limit())
        return 0;
    auto key = address_key::of(client);
    return key ? request_leases_.admit(*key, now()) : 0;
}

void shard::finished(session& peer, std::exception_ptr error)
{
    if (error)
        ops::log_exception("session", error);
    if (process_.limits.connections.limited() && peer.counted_by_address)
        if (auto key = address_key::of(peer.peer()))
            process_.limits.connections.leave(*key);
    delete &peer; // leaves the registry and its deadline, closes the stream
    counters.connections_open.subtract();
    process_.connections.leave();
}

/// A listener of another shard may still have connections for this one.
bool shard::done() const
{
    return draining_ && sessions_.empty() && process_.listeners_open == 0;
}

void shard::sweep()
{
    settling_.sweep(now(), [](deadline_hook& hook) { static_cast<session&>(hook).settled(); });
    for (auto& list : deadlines_)
        list->sweep(now(), [this](deadline_hook& hook) {
            counters.deadlines_expired.add();
            static_cast<session&>(hook).end(session::ending::deadline);
        });
    if (draining_ && now() >= fresh_until_)
        sessions_.for_each([](session& s) {
            if (s.doing == session::phase::fresh)
                s.end(session::ending::drain);
        });
}

/// The shard's one timer: expires deadlines, lets services flush. When it ends, run() ends. It wants to see
/// everything done twice: what another shard posted before its listener closed arrives in between.
task<> shard::tick_until_done()
{
    for (int quiet = 0; quiet < 2; quiet = done() ? quiet + 1 : 0) {
        ticker_.expires_after(draining_ ? drain_interval : tick_interval);
        auto [ec] = co_await ticker_.async_wait(nothrow);
        (void)ec;
        sweep();
        for (auto& s : services_)
            s->tick();
    }
}

void shard::run()
{
    asio::co_spawn(context_, tick_until_done(), [](std::exception_ptr error) {
        if (error)
            ops::log_exception("tick", error);
    });
    context_.run();
}

void shard::drain(std::chrono::milliseconds fresh_grace)
{
    draining_ = true;
    fresh_until_ = now() + fresh_grace.count();
    for (auto& l : listeners_)
        l->stop();
    sessions_.for_each([](session& s) {
        if (s.doing == session::phase::idle)
            s.end(session::ending::drain);
    });
    ticker_.cancel(); // from now on it is looked more often whether all is done
}

void shard::end_all()
{
    sessions_.for_each([](session& s) { s.end(session::ending::forced); });
}

} // namespace pier::net
