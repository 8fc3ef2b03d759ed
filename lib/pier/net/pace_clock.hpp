// Short waits for many: connections that have sent all they may for now. One timer for all that are due in
// the same moment, a fixed number per shard, instead of one for each connection.
#pragma once

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

    /// Completes about then, at the latest after `longest`: whoever has to wait longer waits again. An error
    /// means nothing.
    auto wait(std::chrono::milliseconds for_about)
    {
        auto now = std::chrono::steady_clock::now();
        auto due = now + std::min<std::chrono::steady_clock::duration>(for_about, longest);
        auto slot = due.time_since_epoch() / tick + 1;
        timer& t = timers_[static_cast<std::size_t>(slot) % slots];
        std::chrono::steady_clock::time_point at(slot * tick);
        if (t.expiry() != at)
            t.expires_at(at);
        return t.async_wait(nothrow);
    }

    static constexpr std::chrono::milliseconds tick{10};
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
