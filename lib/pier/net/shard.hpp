// One thread and everything it owns: event loop, sessions, deadlines, buffers, counters. Nothing here is
// shared with another shard; other threads reach in by posting to context().
#pragma once

#include "pier/net/buffer_pool.hpp"
#include "pier/net/coarse_clock.hpp"
#include "pier/net/home.hpp"
#include "pier/net/limits.hpp"
#include "pier/net/pace_clock.hpp"
#include "pier/net/service.hpp"
#include "pier/net/session.hpp"
#include "pier/net/turnstile.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace pier::net {

class blocking_pool;
class datagram_port;
class listener;
class shard;
class tls_server;

/// Process-wide: how many connections may be open. Exact, by one atomic that is touched once per connection.
class connection_limit {
public:
    explicit connection_limit(std::size_t most) : most_(most) {}
    /// `beyond`: places above the limit that only who says so may take.
    bool enter(std::size_t beyond = 0)
    {
        if (open_.fetch_add(1, std::memory_order_relaxed) < most_ + beyond)
            return true;
        leave();
        return false;
    }
    void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
    std::size_t most() const { return most_; }

private:
    const std::size_t most_;
    std::atomic<std::size_t> open_{0};
};

/// One service of the process, for who reports on it. Made before the shards run and not changed again.
struct served {
    std::string name;
    std::vector<std::string> urls; ///< where it listens
    bool ends_last = false;
    std::vector<const service*> by_shard;
    std::shared_ptr<const tls_server> tls; ///< what it presents, where it speaks TLS
};

/// A drain goes in two rounds: first what everyone serves, then what `ends_last`. A round is over when it is
/// over on every shard.
struct drain_round {
    std::atomic<unsigned> listeners_open{0}; ///< and datagram ports
    std::atomic<unsigned> shards_busy{0};
};

/// What the shards of one process have in common.
struct process {
    connection_limit connections;
    blocking_pool& pool;
    net::limits limits{};
    std::atomic<bool> draining{false}; ///< set before the shards are told: from then on answers say so
    drain_round rounds[2]{};           ///< by `ends_last`
    std::vector<served> services{};
    std::vector<shard*> shards{};
    ticks started = 0; ///< by shard::now()
    std::uint64_t started_unix_milliseconds = 0;
};

/// Its coroutines refer to services, and services have timers of it: neither can simply go first.
class event_loop final : public asio::io_context {
public:
    using io_context::io_context;
    /// Destroys what is suspended, and leaves timers and sockets valid.
    void abandon() { shutdown(); }
};

class shard {
public:
    shard(unsigned index, process& whole);
    ~shard();

    unsigned index() const { return index_; }
    asio::io_context& context() { return context_; }
    blocking_pool& pool();
    /// For clients that live here.
    net::home home() { return {context_, pool()}; }
    /// Milliseconds of the coarse monotonic clock, a few of them wrong. On this thread only, both.
    ticks now() const { return clock_.now(); }
    /// When it last had its turn, read by any thread; a shard that has ended is never late.
    ticks last_tick() const { return last_tick_.load(std::memory_order_relaxed); }
    /// Wall clock, whole seconds, as coarse.
    std::int64_t unix_time() const { return clock_.unix_time(); }
    std::int64_t unix_nanoseconds() const;

    /// Deadlines of one duration; lists of equal duration are one.
    deadline_list& deadlines(std::chrono::milliseconds after);
    /// Where sessions stand for their first idle moment.
    deadline_list& settling() { return settling_; }
    /// Blocks of one size; the same pool for the same size.
    buffer_pool& buffers(std::size_t block_size);

    /// For a request of this address: 0, or how many milliseconds until one may come.
    std::int64_t admit_request(const peer_address& client);
    /// The same for a datagram that has come by `now`: whether it may pass.
    bool admit_datagram(const peer_address& from, ticks now);
    bool limits_requests() const { return bool(process_.limits.requests.limit()); }
    /// How fast connections may send.
    send_rates& sending() { return sending_; }
    pace_clock& pace() { return pace_; }
    /// TLS handshakes take a tenth of a millisecond to several: others come in between.
    turnstile& handshakes() { return handshakes_; }

    service& add_service(std::unique_ptr<service> made);
    /// Takes over a connection: counts it, registers it, starts its coroutine; refuses it when there is no
    /// room.
    /// With `tls`, once it has shaken hands.
    void admit(unique_fd fd, const peer_address& peer, stream_service& by, const tls_server* tls = nullptr);

    /// Runs until all work has ended.
    void run();
    /// First phase: no more accepting, idle sessions close, fresh ones within `fresh_grace`, busy ones as
    /// they finish.
    void drain(std::chrono::milliseconds fresh_grace);
    bool draining() const { return process_.draining.load(std::memory_order_relaxed); }
    /// The same for services that end last: they have heard that all else has ended.
    bool draining_last() const { return draining_last_; }
    /// Second phase: whatever is left ends now, but for what ends last: that ends right after.
    void end_all();

    void add_listener(std::unique_ptr<listener> l);
    void add_port(std::unique_ptr<datagram_port> p);

    const process& whole() const { return process_; }
    /// Calls `visit`, on this shard's thread, for one session after another until it returns false.
    template <class Visit>
    void for_each_session(Visit visit)
    {
        sessions_.for_each_while(visit);
    }

private:
    bool is_proxy(const peer_address& peer) const;
    bool enter_by_address(const peer_address& client);
    void refuse(int fd, stream_service& by, const peer_address& peer, std::string_view why, bool plain);
    void run_until_stopped(task<> accepting, const service& by, const char* what);
    void say_debug(const peer_address& peer, std::string_view what) const;
    task<> serve_proxied(session& peer, stream_service& by, const tls_server* tls);
    task<> serve_secured(session& peer, stream_service& by, const tls_server& tls);
    task<> tick_until_done();
    void begin_last();
    void stop_round(bool last);
    void sweep();
    void sweep_draining();
    void finished(session& peer, std::exception_ptr error);
    bool done(bool last) const;

    static constexpr std::chrono::milliseconds tick_interval{250};
    static constexpr std::chrono::milliseconds drain_interval{10};
    /// How long the answers of services that end last may take when all else has ended.
    static constexpr std::chrono::milliseconds last_grace{1'000};
    /// Places above the connection limit for services that end last: an operator gets into a full server.
    static constexpr std::size_t reserved_places = 32;

    mutable coarse_clock clock_; // before what tells the time
    const unsigned index_;
    process& process_;
    // The destructor ends what is suspended first: it unlinks from lists and gives back to services.
    deadline_list settling_{tick_interval};
    std::vector<std::unique_ptr<deadline_list>> deadlines_;
    std::vector<std::unique_ptr<buffer_pool>> buffers_;
    intrusive_list<session, registry_tag> sessions_;
    std::vector<std::unique_ptr<service>> services_;
    std::size_t open_[2] = {}; ///< sessions, by their services' `ends_last`
    address_leases request_leases_, datagram_leases_;
    send_rates sending_;
    bool draining_ = false, draining_last_ = false;
    ticks fresh_until_ = 0;
    std::atomic<ticks> last_tick_;
    // UNSAFE_IO: sockets and timers belong to this thread, so the reactor takes no locks; posting stays safe.
    event_loop context_;
    timer ticker_{context_};
    pace_clock pace_{context_};
    turnstile handshakes_{context_};
    std::vector<std::unique_ptr<listener>> listeners_;
    std::vector<std::unique_ptr<datagram_port>> ports_;
};

} // namespace pier::net
