#include "pier/net/coarse_clock.hpp"

#include <ctime>

namespace pier::net {

namespace {

timespec read_clock(clockid_t clock)
{
    timespec t{};
    ::clock_gettime(clock, &t);
    return t;
}

} // namespace

ticks coarse_clock::read()
{
    timespec t = read_clock(CLOCK_MONOTONIC_COARSE);
    return t.tv_sec * 1000 + t.tv_nsec / 1'000'000;
}

void coarse_clock::look()
{
    looked_at_ = cycles_.now();
    now_ = read();
    unix_ = read_clock(CLOCK_REALTIME_COARSE).tv_sec;
}

} // namespace pier::net
