// How much of something may pass: so much in a period, and so much at once. A leaky bucket as a meter, which
// is the generic cell rate algorithm of ITU-T I.371 kept as a debt: exact in whole numbers, no clock of its
// own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pier {

/// `count` in `period` milliseconds and `burst` at once. The limits keep all arithmetic within 64 bits.
struct rate_limit {
    std::int64_t count = 0; ///< 0: no limit
    std::int64_t period = 1000;
    std::int64_t burst = 0;

    static constexpr std::int64_t most_period = 86'400'000; ///< a day
    static constexpr std::int64_t most_requests = 1'000'000'000;
    static constexpr std::int64_t most_bytes = std::int64_t{1} << 40; ///< in a second

    explicit operator bool() const { return count != 0; }

    /// "100/s", "600/m", "1000/h", "5000/d", each perhaps followed by ":BURST"; without it as much may come
    /// at once as in a period. Nothing for 0 and for more than `most_requests`.
    static std::optional<rate_limit> parse(std::string_view text);
    /// Bytes a second, a quarter of a second's at once, but at least `least_burst`.
    static rate_limit bytes_per_second(std::uint64_t bytes);
    static constexpr std::int64_t least_burst = 4096;
};

/// What one of those who share a limit may take in advance. All of them together hold back a quarter of the
/// burst at most, or one each where that is more.
constexpr std::int64_t lease_of(const rate_limit& limit, unsigned sharers, std::int64_t most)
{
    return std::clamp<std::int64_t>(limit.burst / (std::int64_t{4} * std::max(1u, sharers)), 1, most);
}

/// Starts full. Times are milliseconds of a monotonic clock; the limit is the same in all calls.
class token_bucket {
public:
    /// How many could be taken now.
    std::int64_t available(const rate_limit& limit, std::int64_t now)
    {
        settle(limit, now);
        return std::max<std::int64_t>(0, limit.burst * limit.period - debt_) / limit.period;
    }

    /// Takes `wanted`, or as many as there are.
    std::int64_t take(const rate_limit& limit, std::int64_t now, std::int64_t wanted)
    {
        std::int64_t taken = std::min(wanted, available(limit, now));
        spend(limit, taken);
        return taken;
    }

    /// Takes what is known to be available at this moment.
    void spend(const rate_limit& limit, std::int64_t tokens) { debt_ += tokens * limit.period; }

    /// Takes back what was taken and not used.
    void put_back(const rate_limit& limit, std::int64_t tokens)
    {
        debt_ = std::max<std::int64_t>(0, debt_ - tokens * limit.period);
    }

    /// Milliseconds until `wanted`, of a burst at most, will be there.
    std::int64_t wait_for(const rate_limit& limit, std::int64_t now, std::int64_t wanted)
    {
        settle(limit, now);
        std::int64_t over = debt_ - (limit.burst - std::min(wanted, limit.burst)) * limit.period;
        return over <= 0 ? 0 : (over + limit.count - 1) / limit.count;
    }

    /// Nothing is owed: as good as new.
    bool full(const rate_limit& limit, std::int64_t now)
    {
        settle(limit, now);
        return debt_ == 0;
    }
    /// For comparing buckets of one limit, settled at one moment.
    std::int64_t debt() const { return debt_; }

private:
    /// A token costs `period`; each millisecond pays `count`.
    void settle(const rate_limit& limit, std::int64_t now)
    {
        std::int64_t elapsed = std::max<std::int64_t>(0, now - at_);
        if (elapsed == 0)
            return;
        debt_ = elapsed > debt_ / limit.count ? 0 : debt_ - elapsed * limit.count;
        at_ = std::max(at_, now);
    }

    std::int64_t debt_ = 0;
    std::int64_t at_ = 0;
};

} // namespace pier
