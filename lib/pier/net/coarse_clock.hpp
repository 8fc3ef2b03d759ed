// The time as an event loop needs it: several times in each request, and not to the microsecond. Reading the
// kernel's clocks so often costs more than parsing a request line; between two looks at them the processor's
// counter tells whether they are worth another.
#pragma once

#include "pier/base/cycle_clock.hpp"
#include "pier/net/deadlines.hpp"

#include <chrono>
#include <cstdint>

namespace pier::net {

/// One thread's.
class coarse_clock {
public:
    coarse_clock() : span_(cycles_.cycles_in(static_cast<std::uint64_t>(staleness.count()))) { look(); }

    /// Of CLOCK_MONOTONIC_COARSE, at most `staleness` ago.
    ticks now() { return current().now_; }
    /// Wall clock, whole seconds, as old.
    std::int64_t unix_time() { return current().unix_; }

    /// The same from any thread, and dearer.
    static ticks read();

    static constexpr std::chrono::nanoseconds staleness{1'000'000};

private:
    coarse_clock& current()
    {
        // A counter that ran backwards makes the difference huge.
        if (cycle_clock::stamp at = cycles_.now(); at - looked_at_ >= span_) [[unlikely]]
            look();
        return *this;
    }
    void look();

    cycle_clock cycles_;
    cycle_clock::stamp span_;
    cycle_clock::stamp looked_at_ = 0;
    ticks now_ = 0;
    std::int64_t unix_ = 0;
};

} // namespace pier::net
