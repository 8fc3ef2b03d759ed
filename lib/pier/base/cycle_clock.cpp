#include "pier/base/cycle_clock.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace pier {

namespace {

constexpr std::uint64_t least_interval = 1'000'000; // ns: reading both clocks errs by some 100 ns

bool has_invariant_counter()
{
#if defined(__x86_64__)
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & 1u << 8);
#else
    return false;
#endif
}

} // namespace

std::uint64_t cycle_clock::monotonic()
{
    timespec t;
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(t.tv_nsec);
}

cycle_clock::cycle_clock() : counts_cycles_(has_invariant_counter())
{
    if (!counts_cycles_)
        return;
    static const std::uint64_t first_rate = [this] {
        monotonic_then_ = monotonic();
        cycles_then_ = now();
        while (monotonic() - monotonic_then_ < least_interval) {
        }
        refresh();
        return rate_;
    }();
    rate_ = first_rate;
    monotonic_then_ = monotonic();
    cycles_then_ = now();
}

void cycle_clock::refresh()
{
    if (!counts_cycles_)
        return;
    std::uint64_t time = monotonic();
    stamp cycles = now();
    std::uint64_t elapsed = time - monotonic_then_;
    if (elapsed < least_interval)
        return; // too short to tell
    // What stood still or ran backwards (a suspended machine) is measured from here on, not judged.
    if (cycles > cycles_then_)
        rate_ = static_cast<std::uint64_t>((static_cast<wide>(elapsed) << 32) / (cycles - cycles_then_));
    monotonic_then_ = time;
    cycles_then_ = cycles;
}

} // namespace pier
