#include "pier/beat/exec_sink.hpp"

#include "pier/net/spawn.hpp"
#include "pier/ops/log.hpp"

#include <csignal>
#include <cstring>
#include <sys/wait.h>

namespace pier::beat {

std::vector<std::string> exec_environment(const event& e)
{
    auto milliseconds = static_cast<std::uint64_t>(e.silence / 1000);
    std::string rest = std::to_string(1000 + milliseconds % 1000).substr(1);
    return {
        "PIER_BEAT_NAME=" + e.name,
        "PIER_BEAT_EVENT=" + std::string(to_string(e.kind)),
        "PIER_BEAT_STATE=" + std::string(to_string(e.now)),
        "PIER_BEAT_ADDRESS=" + e.address,
        "PIER_BEAT_TIME=" + to_timestamp(e.at),
        "PIER_BEAT_LAST_HEARD=" + to_timestamp(e.last_heard),
        "PIER_BEAT_SILENCE=" + std::to_string(milliseconds / 1000) + "." + rest,
        "PIER_BEAT_TEXT=" + to_words(e),
    };
}

void exec_sink::deliver(const event& e)
{
    if (!is_alert(e))
        return;
    if (waiting_.size() < config_.queue) {
        waiting_.push_back(e);
        return start_more();
    }
    if (dropped_++ == 0)
        ops::log(ops::level::warning, "more alerts than --exec-queue holds: some are dropped");
}

void exec_sink::start_more()
{
    if (std::exchange(starting_, true))
        return; // one that ended at once; there is a loop below us
    while (!waiting_.empty() && running_.size() < config_.at_once && !home_.draining()) {
        event next = std::move(waiting_.front());
        waiting_.pop_front();
        start(next);
    }
    starting_ = false;
    if (waiting_.empty() && dropped_ > 0)
        ops::log(ops::level::warning, "alerts dropped: " + std::to_string(std::exchange(dropped_, 0)));
}

void exec_sink::start(const event& e)
{
    started_child started =
        start_child(config_.command, {.quiet = true, .own_group = true, .environment = exec_environment(e)});
    if (started.error != 0) {
        ops::log(ops::level::error,
                 "--exec " + config_.command.front() + " cannot be run: " + std::strerror(started.error));
        return;
    }
    running_.emplace_back(std::move(started.process), home_.context(),
                          home_.now() + config_.time_limit.count());
    net::spawn(home_.context(), await_end(std::prev(running_.end())), [](std::exception_ptr error) {
        if (error)
            ops::log_exception("--exec", error);
    });
}

net::task<> exec_sink::await_end(std::list<running>::iterator one)
{
    int status = 0;
    pid_t ended = 0;
    while ((ended = ::waitpid(one->process.pid, &status, WNOHANG)) == 0) {
        auto [left] = co_await one->ended.wait(one->process.handle.get(), net::readiness::read, net::nothrow);
        if (left)
            break; // the server stops; the command goes on by itself
    }
    if (ended == one->process.pid && status != 0)
        ops::log(ops::level::warning,
                 "--exec " + config_.command.front() +
                     (one->killed ? " took longer than --exec-timeout and was killed"
                                  : " ended with " + std::to_string(exit_status(status))));
    running_.erase(one);
    start_more();
}

void exec_sink::tick()
{
    for (running& one : running_) {
        if (home_.draining())
            one.ended.cancel();
        else if (home_.now() >= one.deadline && !std::exchange(one.killed, true))
            ::kill(-one.process.pid, SIGKILL);
    }
    if (home_.draining() && !waiting_.empty()) {
        ops::log(ops::level::warning,
                 "stopping with " + std::to_string(waiting_.size()) + " alerts not delivered");
        waiting_.clear();
    }
}

} // namespace pier::beat
