#include "pier/net/runtime.hpp"

#include "pier/net/listener.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <latch>
#include <list>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace pier::net {

namespace {

/// One address of one service, and the sockets that listen on it.
struct opening {
    std::string url;
    endpoint bound;
    socket_file file;               ///< of a unix socket
    std::size_t service;            ///< index into every shard's services
    std::vector<unique_fd> sockets; ///< one per shard, or a single one to deal from
};

unsigned count_of_threads(unsigned asked)
{
    return asked ? asked : std::max(1u, std::thread::hardware_concurrency());
}

std::size_t descriptor_limit()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

} // namespace

std::string runtime_config::validate() const
{
    if (threads > max_threads)
        return "threads: more than 1024 make no sense";
    if (drain.count() < 0)
        return "drain: must not be negative";
    return {};
}

void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

descriptor_shares share_descriptors()
{
    constexpr std::size_t most_files = 16 * 1024;
    constexpr std::size_t most_others = 256;
    std::size_t limit = descriptor_limit();
    std::size_t files = std::min(limit / 3, most_files);
    return {limit - files - std::min(limit / 4, most_others), files};
}

struct runtime::state {
    explicit state(runtime_config c)
        : config(c), pool(c.pool),
          whole{connection_limit(c.max_connections ? c.max_connections : share_descriptors().connections),
                pool,
                {},
                {},
                limits(c.limits, count_of_threads(c.threads))},
          signals(control)
    {
        for (unsigned i = 0; i < count_of_threads(c.threads); ++i)
            shards.push_back(std::make_unique<shard>(i, whole));
    }

    void open(const service_traits& traits, const endpoint& where, std::size_t service);
    void await_signal();
    void begin_drain();
    void run_shard(shard& self, std::latch& ready);
    void listen(shard& self);
    void shard_ended();
    void log_summary() const;

    runtime_config config;
    asio::io_context control{1}; ///< the main thread's: signals and the drain's clock
    std::list<opening> openings;
    std::vector<service_factory> factories;
    std::vector<std::vector<service*>> services; ///< by shard, then by service
    // The pool joins its threads before the shards that they complete on are gone.
    std::vector<std::unique_ptr<shard>> shards;
    blocking_pool pool;
    process whole;
    asio::signal_set signals;
    timer drain_timer{control};
    asio::executor_work_guard<executor> until_last_shard{control.get_executor()};
    unsigned running = 0;
};

runtime::runtime(runtime_config config)
{
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    state_ = std::make_unique<state>(config);
}

runtime::~runtime() = default;

void runtime::add(const service_traits& traits, const std::vector<endpoint>& where, service_factory factory)
{
    std::size_t index = state_->factories.size();
    state_->factories.push_back(std::move(factory));
    for (const endpoint& address : where)
        state_->open(traits, address, index);
}

void runtime::state::open(const service_traits& traits, const endpoint& where, std::size_t service)
{
    bool spread = config.accept == accept_mode::spread && !where.is_unix() && shards.size() > 1;
    listen_options options{.shared = spread, .peer_speaks_first = traits.peer_speaks_first};
    opening o{{}, where, {}, service, {}};
    o.sockets.push_back(listen_on(where, options));
    o.bound = bound_address(o.sockets.front().get());
    o.file = socket_file::of(o.bound);
    options.first = false;
    while (spread && o.sockets.size() < shards.size())
        o.sockets.push_back(listen_on(o.bound, options));
    o.url = o.bound.to_url(traits.scheme);
    openings.push_back(std::move(o));
}

unsigned runtime::threads() const
{
    return static_cast<unsigned>(state_->shards.size());
}

std::vector<endpoint> runtime::addresses() const
{
    std::vector<endpoint> result;
    for (const opening& o : state_->openings)
        result.push_back(o.bound);
    return result;
}

int runtime::run()
{
    state& self = *state_;
    for (int signal : {SIGTERM, SIGINT})
        self.signals.add(signal);
    self.await_signal();

    std::latch ready(static_cast<std::ptrdiff_t>(self.shards.size()) + 1);
    self.running = static_cast<unsigned>(self.shards.size());
    self.services.resize(self.shards.size());
    std::vector<std::thread> threads;
    for (auto& s : self.shards)
        threads.emplace_back([&] { self.run_shard(*s, ready); });
    ready.arrive_and_wait();

    for (const opening& o : self.openings)
        std::printf("listening on %s\n", o.url.c_str());
    std::fflush(stdout);

    self.control.run();
    for (auto& t : threads)
        t.join();
    self.log_summary();
    return ops::exit_ok;
}

void runtime::stop()
{
    asio::post(state_->control, [this] { state_->begin_drain(); });
}

void runtime::state::run_shard(shard& self, std::latch& ready)
{
    for (auto& make : factories)
        services[self.index()].push_back(&self.add_service(make));
    ready.arrive_and_wait(); // a dealt connection may go to any shard from the first accept on
    listen(self);
    self.run();
    asio::post(control, [this] { shard_ended(); });
}

void runtime::state::listen(shard& self)
{
    for (opening& o : openings) {
        bool spread = o.sockets.size() > 1;
        if (!spread && self.index() != 0)
            continue;
        service& own = *services[self.index()][o.service];
        listener::deal deal = [&self, &own](unique_fd fd, const peer_address& peer) {
            self.admit(std::move(fd), peer, own);
        };
        if (!spread && shards.size() > 1) {
            deal = [this, &o, next = std::size_t{0}](unique_fd fd, const peer_address& peer) mutable {
                std::size_t to = next++ % shards.size();
                asio::post(shards[to]->context(), [this, &o, to, fd = std::move(fd), peer]() mutable {
                    shards[to]->admit(std::move(fd), peer, *services[to][o.service]);
                });
            };
        }
        auto& socket = o.sockets[spread ? self.index() : 0];
        self.add_listener(std::make_unique<listener>(self, std::move(socket), own, std::move(deal)));
    }
}

void runtime::state::await_signal()
{
    signals.async_wait([this](error_code ec, int signal) {
        if (ec)
            return;
        if (whole.draining) {
            std::signal(signal, SIG_DFL); // who waits for us sees what ended us
            ::raise(signal);
        }
        begin_drain();
        ops::log(ops::level::info, signal == SIGINT ? "interrupted: finishing what is in flight"
                                                    : "asked to stop: finishing what is in flight");
        await_signal();
    });
}

void runtime::state::begin_drain()
{
    if (whole.draining.exchange(true))
        return;
    for (auto& s : shards)
        asio::post(s->context(), [this, &s] { s->drain(config.fresh_grace); });
    drain_timer.expires_after(config.drain);
    drain_timer.async_wait([this](error_code ec) {
        if (ec)
            return;
        for (auto& s : shards)
            asio::post(s->context(), [&s] { s->end_all(); });
    });
}

void runtime::state::shard_ended()
{
    if (--running > 0)
        return;
    for (const opening& o : openings)
        o.file.remove_if_same(o.bound);
    signals.cancel();
    drain_timer.cancel();
    until_last_shard.reset();
}

void runtime::state::log_summary() const
{
    std::uint64_t connections = 0, requests = 0, sent = 0;
    for (const auto& s : shards) {
        connections += s->counters.connections_accepted.value();
        requests += s->counters.requests.value();
        sent += s->counters.bytes_sent.value();
    }
    ops::log(ops::level::info, "stopped after " + std::to_string(requests) + " requests on " +
                                   std::to_string(connections) + " connections, " + std::to_string(sent) +
                                   " bytes sent");
}

} // namespace pier::net
