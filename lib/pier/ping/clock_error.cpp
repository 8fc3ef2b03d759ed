#include "pier/ping/clock_error.hpp"

#include <ctime>
#include <sys/timex.h>

namespace pier::ping {

error_estimate clock_error(timestamp_format format)
{
    timex state{};
    int told = adjtimex(&state);
    // As the kernel counts while nobody disciplines the clock, so without an answer (NTP_PHASE_LIMIT).
    constexpr std::chrono::seconds most{16};
    if (told < 0)
        return error_estimate::of(most, false, format);
    bool synchronized = told != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
    return error_estimate::of(std::chrono::microseconds(state.maxerror), synchronized, format);
}

std::int64_t unix_now()
{
    timespec t{};
    ::clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec;
}

} // namespace pier::ping
