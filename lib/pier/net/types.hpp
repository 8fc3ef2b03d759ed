// The types that every coroutine of Pier uses, named once: concrete executor, concrete timer, one completion
// token.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>

namespace pier::net {

namespace asio = boost::asio;
using error_code = boost::system::error_code;

/// One io_context per thread, so its own executor type: no type erasure on the hot path.
using executor = asio::io_context::executor_type;

/// A coroutine. Parameters go by value, or by reference to what the session registry keeps until it ends.
template <class T = void>
using task = asio::awaitable<T, executor>;

using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

/// The completion token: errors arrive as values, and no frame is spent on the operation itself.
inline constexpr auto nothrow = asio::as_tuple(asio::deferred);

} // namespace pier::net
