#include "pier/net/runtime.hpp"

#include "pier/net/listener.hpp"
#include "pier/net/shard.hpp"
#include "pier/net/watchdog.hpp"
#include "pier/ops/counts.hpp"
#include "pier/ops/crash.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/process.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <latch>
#include <list>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace pier::net {

namespace {

constexpr std::chrono::milliseconds stuck_grace{2'000}; // a second of it is for what ends last

/// One address of one service, and the sockets that listen on it.
struct opening {
    std::string url;
    endpoint bound;
    socket_file file;               ///< of a unix socket
    bool inherited = false;         ///< its queue outlives this process
    std::size_t service = 0;        ///< index into every shard's services
    std::vector<unique_fd> sockets; ///< one per shard, or a single one to deal from
};

bool has_terminal()
{
    return unique_fd(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)).get() >= 0;
}

/// Who started this from a terminal wants it to end with that, unless nohup said otherwise.
bool ends_with_terminal()
{
    struct sigaction action{};
    ::sigaction(SIGHUP, nullptr, &action);
    return action.sa_handler != SIG_IGN && has_terminal();
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

unsigned count_of_threads(unsigned asked)
{
    return asked ? asked : std::max(1u, std::thread::hardware_concurrency());
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
    std::size_t limit = ops::descriptor_limit();
    std::size_t files = std::min(limit / 3, most_files);
    return {limit - files - std::min(limit / 4, most_others), files};
}

struct runtime::state {
    explicit state(const runtime_config& c)
        : config(c), manager(c.manager ? c.manager : std::make_shared<ops::service_manager>()), pool(c.pool),
          whole{connection_limit(c.max_connections ? c.max_connections : share_descriptors().connections),
                pool, limits(c.limits, count_of_threads(c.threads))},
          signals(control)
    {
        for (unsigned i = 0; i < count_of_threads(c.threads); ++i)
            whole.shards.push_back(shards.emplace_back(std::make_unique<shard>(i, whole)).get());
        whole.started = shards.front()->now();
        whole.started_unix_milliseconds =
            static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                           std::chrono::system_clock::now().time_since_epoch())
                                           .count());
    }

    void open(const service_traits& traits, const endpoint& where, std::size_t service);
    std::string unused_name(const std::string& wanted) const;
    void change_user();
    void await_signal();
    void reload();
    void begin_drain();
    void give_up_after(std::chrono::milliseconds grace);
    void run_shard(shard& self, std::latch& ready);
    void listen(shard& self);
    void shard_ended();
    void log_summary() const;

    runtime_config config;
    std::shared_ptr<ops::service_manager> manager; ///< one to whom nobody listens, if need be
    std::vector<std::shared_ptr<ops::reloadable>> reloadables;
    std::function<void(std::span<const served>)> when_ready;
    asio::io_context control{1}; ///< the main thread's: signals and the drain's clock
    std::list<opening> openings;
    std::vector<service_factory> factories;
    std::vector<std::vector<service*>> services; ///< by shard, then by service
    // The pool joins its threads before the shards that they complete on are gone.
    std::vector<std::unique_ptr<shard>> shards;
    blocking_pool pool;
    process whole;
    const bool bound_to_terminal = ends_with_terminal();
    asio::signal_set signals;
    timer drain_timer{control};
    watchdog life{control, *manager, shards};
    asio::executor_work_guard<executor> until_last_shard{control.get_executor()};
    unsigned running = 0;
};

runtime::runtime(runtime_config config)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file at its limit is an error of write(2), no reason to end
    raise_descriptor_limit();
    state_ = std::make_unique<state>(config);
    state_->signals.add(SIGHUP); // a reload that comes before run() waits for it
}

runtime::~runtime() = default;

void runtime::add(const service_traits& traits, const std::vector<endpoint>& where, service_factory factory)
{
    std::size_t index = state_->factories.size();
    state_->factories.push_back(std::move(factory));
    served& entry = state_->whole.services.emplace_back();
    entry.name = state_->unused_name(traits.name.empty() ? traits.scheme : traits.name);
    entry.ends_last = traits.ends_last;
    entry.by_shard.resize(state_->shards.size());
    for (const endpoint& address : where)
        state_->open(traits, address, index);
}

void runtime::state::open(const service_traits& traits, const endpoint& where, std::size_t service)
{
    bool spread = config.accept == accept_mode::spread && !where.is_unix() && where.inherited() < 0 &&
                  shards.size() > 1;
    listen_options options{
        .shared = spread, .peer_speaks_first = traits.peer_speaks_first, .send_buffer = traits.send_buffer};
    opening o{{}, where, {}, where.inherited() >= 0, service, {}};
    if (o.inherited) {
        o.sockets.emplace_back(where.inherited());
    } else {
        o.sockets.push_back(listen_on(where, options));
        o.bound = bound_address(o.sockets.front().get());
        o.file = socket_file::of(o.bound);
    }
    options.first = false;
    while (spread && o.sockets.size() < shards.size())
        o.sockets.push_back(listen_on(o.bound, options));
    o.url = o.bound.to_url(traits.scheme);
    whole.services[service].urls.push_back(o.url);
    openings.push_back(std::move(o));
}

void runtime::on_reload(std::shared_ptr<ops::reloadable> what)
{
    state_->reloadables.push_back(std::move(what));
}

void runtime::on_ready(std::function<void(std::span<const served>)> what)
{
    state_->when_ready = std::move(what);
}

std::string runtime::state::unused_name(const std::string& wanted) const
{
    std::string name = wanted;
    auto taken = [&](const served& s) { return s.name == name; };
    for (int n = 2; std::ranges::any_of(whole.services, taken); ++n)
        name = wanted + "-" + std::to_string(n);
    return name;
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
    self.change_user();
    for (int signal : {SIGTERM, SIGINT, SIGHUP})
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
    if (self.when_ready)
        self.when_ready(self.whole.services);
    self.manager->ready("serving");
    self.life.start();

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
    ops::crash_stack stack;
    ::prctl(PR_SET_NAME, ("shard " + std::to_string(self.index())).c_str());
    auto& own = services[self.index()];
    for (auto& make : factories) {
        served& entry = whole.services[own.size()];
        service& made = self.add_service(make);
        made.ends_last = entry.ends_last;
        entry.by_shard[self.index()] = &made;
        own.push_back(&made);
    }
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
        self.add_listener(
            std::make_unique<listener>(self, std::move(socket), own, std::move(deal),
                                       o.inherited ? listener::queue::leave : listener::queue::empty));
    }
}

/// Before any thread is there, so that all of them are this user's.
void runtime::state::change_user()
{
    if (config.user) {
        for (const auto& r : reloadables)
            r->give_to(*config.user);
        ops::become(*config.user);
        for (const auto& r : reloadables)
            r->reload(); // rather an error now than at the first SIGHUP
    } else if (ops::is_root()) {
        ops::log(ops::level::warning, "running as root: name a user with --user, as whom to serve");
    }
    if (!manager->passed().empty())
        ops::log(
            ops::level::warning,
            "the service manager's sockets are not used: --listen, --port or --lan says where to listen");
}

void runtime::state::await_signal()
{
    signals.async_wait([this](error_code ec, int signal) {
        if (ec)
            return;
        bool hung_up = signal == SIGHUP && bound_to_terminal && !has_terminal();
        if (signal == SIGHUP && !hung_up) {
            reload();
        } else if (hung_up && whole.draining) {
            // told by the kernel and by the shell: once is meant
        } else if (whole.draining) {
            ops::settle_log(std::chrono::milliseconds(100));
            std::signal(signal, SIG_DFL); // who waits for us sees what ended us
            ::raise(signal);
        } else {
            begin_drain();
            ops::log(ops::level::info, std::string(signal == SIGINT   ? "interrupted"
                                                   : signal == SIGHUP ? "the terminal is gone"
                                                                      : "asked to stop") +
                                           ": finishing what is in flight");
        }
        await_signal();
    });
}

/// Each by itself: a list with a mistake in it does not keep the log from being opened anew.
void runtime::state::reload()
{
    ops::log(ops::level::info, "reloading");
    if (!whole.draining)
        manager->reloading();
    bool good = true;
    for (const auto& r : reloadables) {
        try {
            r->reload();
        } catch (const std::exception& e) {
            good = false;
            ops::log(ops::level::error, std::string("not reloaded: ") + e.what());
        }
    }
    if (!whole.draining)
        manager->ready(good ? "serving" : "serving; not everything could be reloaded");
}

void runtime::state::begin_drain()
{
    if (whole.draining.exchange(true))
        return;
    manager->stopping("finishing what is in flight");
    // A successor may want the same path, from now on. While we still hold the socket its inode is ours.
    for (const opening& o : openings)
        o.file.remove_if_same(o.bound);
    for (auto& s : shards)
        asio::post(s->context(), [this, &s] { s->drain(config.fresh_grace); });
    drain_timer.expires_after(config.drain);
    drain_timer.async_wait([this](error_code ec) {
        if (ec)
            return;
        for (auto& s : shards)
            asio::post(s->context(), [&s] { s->end_all(); });
        give_up_after(stuck_grace);
    });
}

/// Work that hangs in a system call (a dead network file system) cannot be ended, only left behind.
void runtime::state::give_up_after(std::chrono::milliseconds grace)
{
    drain_timer.expires_after(grace);
    drain_timer.async_wait([this](error_code ec) {
        if (ec)
            return;
        ops::log(ops::level::warning, "some files hang: leaving without waiting for them");
        log_summary();
        ops::settle_log(std::chrono::milliseconds(100));
        ::_exit(0); // the shards have flushed their logs at each of their ticks
    });
}

void runtime::state::shard_ended()
{
    if (--running > 0)
        return;
    signals.cancel();
    drain_timer.cancel();
    life.stop();
    until_last_shard.reset();
}

void runtime::state::log_summary() const
{
    ops::counts all;
    for (const served& entry : whole.services)
        for (const service* s : entry.by_shard)
            all.add(s->counters);
    ops::log(ops::level::info, "stopped after " + std::to_string(all.requests) + " requests on " +
                                   std::to_string(all.connections_accepted) + " connections, " +
                                   std::to_string(all.bytes_sent) + " bytes sent");
}

} // namespace pier::net
