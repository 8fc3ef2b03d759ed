// Both clocks at once; no system call, the kernel's page for it is mapped (vdso(7)).
#pragma once

#include "pier/ping/probe.hpp"

#include <ctime>

namespace pier::ping {

inline std::int64_t read_clock(clockid_t clock)
{
    timespec t;
    ::clock_gettime(clock, &t);
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

inline std::int64_t steady_now()
{
    return read_clock(CLOCK_MONOTONIC);
}

inline moment now()
{
    return {steady_now(), read_clock(CLOCK_REALTIME)};
}

} // namespace pier::ping
