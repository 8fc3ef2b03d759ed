#include "pier/net/client_loop.hpp"

#include "pier/net/blocking_pool.hpp"
#include "pier/net/shard.hpp"
#include "pier/net/spawn.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <exception>
#include <vector>

namespace pier::net {

namespace {

bool is_ignored(int signal)
{
    struct sigaction now{};
    ::sigaction(signal, nullptr, &now);
    return now.sa_handler == SIG_IGN;
}

} // namespace

struct client_loop::parts {
    event_loop context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    blocking_pool pool{{.threads = 16, .most_threads = 16}};
    int signal = 0;
};

client_loop::client_loop() : parts_(std::make_unique<parts>()) {}

client_loop::~client_loop()
{
    parts_->context.abandon();
    // A thread of its pool that is still at work gets to keep what it writes to.
    static auto& kept = *new std::vector<std::unique_ptr<parts>>;
    if (!parts_->pool.idle())
        kept.push_back(std::move(parts_));
}

home client_loop::home()
{
    return {parts_->context, parts_->pool};
}

int client_loop::signal() const
{
    return parts_->signal;
}

void client_loop::run(task<> body, std::function<void()> interrupted)
{
    std::exception_ptr failure;
    bool ended = false;
    asio::basic_signal_set<executor> signals(parts_->context);
    for (int number : {SIGINT, SIGTERM})
        if (!is_ignored(number))
            signals.add(number);
    signals.async_wait([&](const error_code& error, int number) {
        if (error)
            return;
        parts_->signal = number;
        signals.clear(); // the next one does what it does by default
        if (interrupted)
            interrupted();
    });
    spawn(parts_->context, std::move(body), [&](std::exception_ptr error) {
        failure = error;
        ended = true;
    });
    while (!ended && parts_->context.run_one() > 0) {
    }
    signals.cancel();
    parts_->context.poll();
    parts_->context.restart();
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace pier::net
