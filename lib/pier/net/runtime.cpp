#include "pier/net/runtime.hpp"

#include "pier/net/descriptors.hpp"
#include "pier/net/runtime_state.hpp"
#include "pier/ops/crash.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <system_error>
#include <thread>

namespace pier::net {

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

runtime::state::state(const runtime_config& c)
    : config(c), manager(c.manager ? c.manager : std::make_shared<ops::service_manager>()), pool(c.pool),
      whole{connection_limit(c.max_connections ? c.max_connections
                                               : share_descriptors(count_of_threads(c.threads)).connections),
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

runtime::runtime(runtime_config config)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file at its limit is an error of write(2), no reason to end
    raise_descriptor_limit();
    state_ = std::make_unique<state>(config);
    state_->signals.add(SIGHUP); // a reload that comes before run() waits for it
}

runtime::~runtime() = default;

void runtime::on_reload(std::shared_ptr<ops::reloadable> what)
{
    state_->reloadables.push_back(std::move(what));
}

void runtime::on_ready(std::function<void(std::span<const served>)> what)
{
    state_->when_ready = std::move(what);
}

unsigned runtime::threads() const
{
    return static_cast<unsigned>(state_->shards.size());
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
    std::vector<std::thread> threads = self.start_shards(ready);
    ready.arrive_and_wait();

    for (const opening& o : self.openings)
        std::printf("listening on %s\n", o.url.c_str());
    std::fflush(stdout);
    if (self.when_ready)
        self.when_ready(self.whole.services);
    self.manager->ready("serving");
    self.life.start();
    self.changes.start();

    self.control.run();
    for (auto& t : threads)
        t.join();
    self.log_summary();
    return ops::exit_ok;
}

/// All of them or none: those that wait at the latch already are let go again.
std::vector<std::thread> runtime::state::start_shards(std::latch& ready)
{
    std::vector<std::thread> threads;
    threads.reserve(shards.size());
    try {
        for (auto& s : shards)
            threads.emplace_back([this, &s, &ready] { run_shard(*s, ready); });
    } catch (const std::system_error& e) {
        start_failed = true;
        ready.count_down(static_cast<std::ptrdiff_t>(shards.size() - threads.size()) + 1);
        for (auto& t : threads)
            t.join();
        throw ops::fatal(ops::exit_os, "cannot start " + std::to_string(shards.size()) +
                                           " threads: " + e.code().message() + "; see --threads");
    }
    return threads;
}

void runtime::state::run_shard(shard& self, std::latch& ready)
{
    ops::crash_stack stack;
    ::prctl(PR_SET_NAME, ("shard " + std::to_string(self.index())).c_str());
    auto& own = services[self.index()];
    for (auto& make : factories) {
        served& entry = whole.services[own.size()];
        service& made = self.add_service(make(self));
        made.ends_last = entry.ends_last;
        entry.by_shard[self.index()] = &made;
        own.push_back(&made);
    }
    ready.arrive_and_wait(); // a dealt connection may go to any shard from the first accept on
    if (start_failed)
        return;
    listen(self);
    self.run();
    asio::post(control, [this] { shard_ended(); });
}

void runtime::stop()
{
    asio::post(state_->control, [this] { state_->begin_drain(); });
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

} // namespace pier::net
