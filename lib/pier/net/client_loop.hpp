// The event loop of a program that is a client and nothing else: one thread, a few helpers for what blocks,
// Ctrl-C as a call.
#pragma once

#include "pier/net/home.hpp"

#include <functional>
#include <memory>

namespace pier::net {

class client_loop {
public:
    client_loop();
    /// Waits for nobody: a name server that never answers holds no program back.
    ~client_loop();
    client_loop(const client_loop&) = delete;
    client_loop& operator=(const client_loop&) = delete;

    net::home home();
    asio::io_context& context() { return home().context; }

    /// Runs until `body` has ended; what else still waits then is forgotten. An exception of it leaves here.
    /// `interrupted` is called on this thread at the first SIGINT or SIGTERM, to have `body` end; a second
    /// one ends the process. Signals that the process was started to ignore stay ignored.
    void run(task<> body, std::function<void()> interrupted = {});
    /// Which signal came; 0: none. A program that ends for it exits with 128 and this.
    int signal() const;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

} // namespace pier::net
