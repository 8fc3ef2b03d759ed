// Short waits for many: connections that have sent all they may for now. One timer for all that are due in
// the same moment, a fixed number per shard, instead of one for each connection.
#pragma once

#include "pier/net/deadlines.hpp"
#include "pier/net/types.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace pier::net {

class pace_clock {
public:
    explicit pace_clock(asio::io_context& context) : pace_clock(context, std::make_index_sequence<slots>{}) {}

    /// Completes soon after `due`, at the latest `longest` after `now`: whoever has to wait longer waits
    /// again. Both by shard::now(), which has reached `due` then. Who waits until the same moment is woken in
    /// the order in which they began. An error means nothing.
    auto wait_until(ticks now, ticks due)
    {
        ticks slot = (std::min(due, now + longest.count()) + tick.count() - 1) / tick.count();
        timer& t = timers_[static_cast<std::size_t>(slot) % slots];
        std::chrono::steady_clock::time_point at(slot * tick + coarseness);
        if (t.expiry() != at)
            t.expires_at(at);
        return t.async_wait(nothrow);
    }

    static constexpr std::chrono::milliseconds tick{10};
    /// So much may shard::now() be behind: a turn of the kernel's clock, 250 times a second, and a bit more.
    static constexpr std::chrono::milliseconds coarseness{5};
    static constexpr std::size_t slots = 32;
    static constexpr std::chrono::milliseconds longest = tick * (slots - 2);

private:
    template <std::size_t... I>
    pace_clock(asio::io_context& context, std::index_sequence<I...>) : timers_{(void(I), timer(context))...}
    {
    }

    std::array<timer, slots> timers_;
};

} // namespace pier::net
