// Something that one coroutine waits for and another piece of code of the same thread brings about.
#pragma once

#include "pier/net/types.hpp"

namespace pier::net {

/// One waits at a time. What is set before anybody waits is not lost.
class event {
public:
    explicit event(asio::io_context& context) : timer_(context, timer::time_point::max()) {}

    void set()
    {
        set_ = true;
        timer_.cancel();
    }
    void clear() { set_ = false; }
    bool is_set() const { return set_; }

    task<> wait()
    {
        while (!set_) {
            auto [error] = co_await timer_.async_wait(nothrow);
            (void)error;
        }
    }

private:
    timer timer_;
    bool set_ = false;
};

} // namespace pier::net
