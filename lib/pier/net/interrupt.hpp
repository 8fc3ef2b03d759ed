// Ctrl-C for clients that wait in one place: it ends the wait, so that they can say what they have so far.
#pragma once

#include <chrono>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <span>

namespace pier::net {

/// While it lives, SIGINT and SIGTERM reach this thread during wait() only. A second one ends the process.
/// Who was started with one of them ignored goes on ignoring it. One at a time.
class interrupt {
public:
    interrupt();
    ~interrupt();
    interrupt(const interrupt&) = delete;
    interrupt& operator=(const interrupt&) = delete;

    enum class outcome { ready, timed_out, interrupted };
    /// Until something happens to one of these, as ppoll(2) tells it.
    outcome wait(std::span<pollfd> on, std::optional<std::chrono::nanoseconds> at_most = {}) const;
    /// Which signal came; 0: none yet. A program that ends for it exits with 128 and this.
    int signal() const;

private:
    sigset_t before_;
    struct sigaction actions_[2];
};

} // namespace pier::net
