#include "pier/ping/thresholds.hpp"

#include "pier/ping/duration.hpp"

#include <cmath>

namespace pier::ping {

std::vector<std::string> thresholds::passed(const statistics& of) const
{
    std::vector<std::string> sentences;
    // Rounded up: 1.001 % is more than 1 %.
    auto share = static_cast<unsigned>(std::ceil(of.loss() * 10'000 - 1e-9));
    if (loss && share > *loss)
        sentences.push_back("loss " + format_percent(share) + " is more than " + format_percent(*loss));
    if (of.rtt().count() == 0)
        return sentences;
    auto compare = [&](const char* what, std::optional<std::int64_t> limit, std::int64_t value) {
        if (limit && value > *limit)
            sentences.push_back(what + (" " + format_ms(value)) + " ms is more than " + format_time(*limit));
    };
    compare("largest rtt", rtt, of.rtt().max());
    compare("median rtt", median, of.rtt().percentile(0.5));
    compare("99th percentile of rtt", p99, of.rtt().percentile(0.99));
    compare("jitter", jitter, std::llround(of.rtt_variation().jitter()));
    return sentences;
}

} // namespace pier::ping
