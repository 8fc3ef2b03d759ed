// Signals, and how a runtime ends: the drain, its clock, and who is left behind.
#include "pier/net/runtime_state.hpp"
#include "pier/ops/counts.hpp"
#include "pier/ops/log.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace pier::net {

namespace {

constexpr std::chrono::milliseconds stuck_grace{2'000}; // a second of it is for what ends last

bool has_terminal()
{
    return unique_fd(::open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)).get() >= 0;
}

} // namespace

bool ends_with_terminal()
{
    struct sigaction action{};
    ::sigaction(SIGHUP, nullptr, &action);
    return action.sa_handler != SIG_IGN && has_terminal();
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
        if (ec || running == 0) // cancelled, perhaps when this was in line to be run already
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
        if (!ec && running > 0)
            leave_behind();
    });
}

void runtime::state::leave_behind()
{
    ops::log(ops::level::warning, "some files hang: leaving without waiting for them");
    log_summary();
    ops::settle_log(std::chrono::milliseconds(100));
    ::_exit(0); // the shards have flushed their logs at each of their ticks
}

/// With the last one nothing is left to wait for but a look at files that may hang: what still waits is
/// called off, and run() returns as its work has ended.
void runtime::state::shard_ended()
{
    if (--running > 0)
        return;
    life.end();
    drain_timer.expires_after(stuck_grace);
    drain_timer.async_wait([this](error_code ec) {
        if (!ec)
            leave_behind();
    });
    changes.end([this] {
        signals.cancel();
        drain_timer.cancel();
        until_last_shard.reset();
    });
}

void runtime::state::log_summary() const
{
    ops::counts all;
    for (const served& entry : whole.services)
        for (const service* s : entry.by_shard)
            all.add(s->counters);
    std::string done = "stopped after " + std::to_string(all.requests) + " requests on " +
                       std::to_string(all.connections_accepted) + " connections, ";
    if (all.datagrams_received > 0)
        done += std::to_string(all.datagrams_received) + " datagrams, ";
    ops::log(ops::level::info, done + std::to_string(all.bytes_sent) + " bytes sent");
}

} // namespace pier::net
