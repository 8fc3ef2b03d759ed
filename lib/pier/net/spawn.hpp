// Starts a coroutine that nobody awaits. asio::co_spawn does the same for any executor, any result and with
// cancellation, and keeps 300 bytes in each connection for that; what a shard needs on its own thread takes
// half as much, and no turn of the event loop when a connection ends at once.
#pragma once

#include "pier/net/types.hpp"

#include <boost/asio/version.hpp>

#include <exception>
#include <utility>

static_assert(
    BOOST_ASIO_VERSION >= 102400 && BOOST_ASIO_VERSION < 102700,
    "spawn.hpp follows the coroutines of Asio 1.24 to 1.26: check awaitable_thread before moving on");

namespace pier::net {

namespace detail {

template <class Done>
asio::awaitable<asio::detail::awaitable_thread_entry_point, executor> root_of(task<> body, Done done)
{
    std::exception_ptr error;
    try {
        co_await std::move(body);
    } catch (...) {
        error = std::current_exception();
    }
    done(error);
}

} // namespace detail

/// Runs `body` on the calling thread, which must be `context`'s, until it waits for the first time; calls
/// `done(std::exception_ptr)` when it has ended, perhaps before this returns.
template <class Done>
void spawn(asio::io_context& context, task<> body, Done done)
{
    asio::detail::awaitable_thread<executor> thread(detail::root_of(std::move(body), std::move(done)),
                                                    context.get_executor(), {}, {});
    thread.launch();
}

} // namespace pier::net
