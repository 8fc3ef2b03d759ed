// Waiting that others end: for a turn, for all to be done, for a time.
#pragma once

#include "pier/net/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>

namespace pier::get {

/// Wakes who waits whenever something may have changed. Of one thread.
class bell {
public:
    explicit bell(net::asio::io_context& context) : timer_(context, net::timer::time_point::max()) {}

    void ring() { timer_.cancel(); }
    /// Until the next ring().
    auto rung() { return timer_.async_wait(net::nothrow); }

private:
    net::timer timer_;
};

/// Who comes in which order.
class turns {
public:
    explicit turns(net::asio::io_context& context) : bell_(context) {}

    bool is_on(std::size_t place) const { return now_ >= place; }
    net::task<> until(std::size_t place)
    {
        while (!is_on(place))
            co_await bell_.rung();
    }
    /// The one of this place is through.
    void through(std::size_t place);
    /// Nobody waits any more.
    void abandon()
    {
        now_ = SIZE_MAX;
        bell_.ring();
    }

private:
    bell bell_;
    std::size_t now_ = 0;
    std::set<std::size_t> done_; ///< before their turn
};

} // namespace pier::get
