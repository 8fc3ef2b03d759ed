// How long something took, for a handful of instructions: the processor's time-stamp counter where it runs
// evenly (x86-64 with an invariant TSC), CLOCK_MONOTONIC elsewhere. The counter's rate is measured against
// CLOCK_MONOTONIC: over a millisecond at first, then from one refresh() to the next.
#pragma once

#include <cstdint>
#include <ctime>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace pier {

/// One thread's. Stamps of one clock are compared with stamps of the same.
class cycle_clock {
public:
    using stamp = std::uint64_t;

    /// Takes a millisecond once in a process, where the counter is used.
    cycle_clock();

    stamp now() const
    {
#if defined(__x86_64__)
        if (counts_cycles_) [[likely]]
            return __rdtsc();
#endif
        return monotonic();
    }

    /// Between two stamps; 0 where the counters of two cores disagree about their order. Right to about one
    /// part in 5000 before the first refresh, and better after it.
    std::uint64_t nanoseconds(stamp from, stamp to) const { return to > from ? scale(to - from) : 0; }

    /// How much the stamp grows meanwhile, by the rate measured last.
    std::uint64_t cycles_in(std::uint64_t nanoseconds) const
    {
        return static_cast<std::uint64_t>((static_cast<wide>(nanoseconds) << 32) / rate_);
    }

    /// Measures the rate anew. A few times a second: it follows a machine that was suspended or moved.
    void refresh();

    bool counts_cycles() const { return counts_cycles_; }

private:
    __extension__ using wide = unsigned __int128;

    static std::uint64_t monotonic();
    /// 32 binary places: exact to 1e-9, and no overflow below decades.
    std::uint64_t scale(std::uint64_t cycles) const
    {
        return static_cast<std::uint64_t>((static_cast<wide>(cycles) * rate_) >> 32);
    }

    bool counts_cycles_;
    std::uint64_t rate_ = std::uint64_t{1} << 32; ///< nanoseconds a cycle, times 2^32
    stamp cycles_then_ = 0;
    std::uint64_t monotonic_then_ = 0;
};

} // namespace pier
