// Asking another shard: work that runs on its thread while the asking coroutine waits on its own.
#pragma once

#include "pier/net/types.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace pier::net {

namespace detail {

template <class Work>
struct run_on_initiate {
    asio::io_context* there;
    executor home;
    Work work;

    template <class Handler>
    void operator()(Handler&& handler)
    {
        asio::post(*there, [guard = asio::make_work_guard(home), work = std::move(work),
                            handler = std::forward<Handler>(handler)]() mutable {
            work();
            executor back = guard.get_executor();
            asio::post(back, [guard = std::move(guard), handler = std::move(handler)]() mutable {
                std::move(handler)(error_code{});
            });
        });
    }
};

} // namespace detail

/// Runs `work` on `there` and completes on `home`, with an error_code that is never set. `work` must not
/// throw, takes microseconds, and writes its result where the waiting coroutine keeps it.
template <class Work, class Token>
auto run_on(asio::io_context& there, executor home, Work work, Token&& token)
{
    return asio::async_initiate<Token, void(error_code)>(
        detail::run_on_initiate<Work>{&there, home, std::move(work)}, token);
}

} // namespace pier::net
