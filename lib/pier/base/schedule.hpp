// When each probe or request is due: start + n * period, whatever happened to the others. A sender that was
// held up for a while sends all that became due meanwhile, each with the time it was due at: what was not
// measured would be missing from the picture just where the picture is bad (coordinated omission). No I/O.
#pragma once

#include <cstdint>
#include <optional>

namespace pier {

/// Nanoseconds as a fraction, so that 3 a second do not drift.
struct period {
    std::int64_t nanoseconds = 1'000'000'000;
    std::int64_t divided_by = 1;

    static period every(std::int64_t nanoseconds) { return {nanoseconds, 1}; }
    static period rate(std::int64_t per_second) { return {1'000'000'000, per_second}; }

    double per_second() const
    {
        return 1e9 * static_cast<double>(divided_by) / static_cast<double>(nanoseconds);
    }
    /// Of n periods; whole numbers of `nanoseconds` first, lest the product overflow.
    std::int64_t times(std::uint64_t n) const
    {
        auto count = static_cast<std::int64_t>(n);
        return count / divided_by * nanoseconds + count % divided_by * nanoseconds / divided_by;
    }
    /// How many begin within `duration`.
    std::uint64_t within(std::int64_t duration) const
    {
        std::int64_t rest = duration % nanoseconds * divided_by;
        return static_cast<std::uint64_t>(duration / nanoseconds * divided_by +
                                          (rest + nanoseconds - 1) / nanoseconds);
    }
};

class schedule {
public:
    /// From `start` on; `count` 0: without end.
    schedule(std::int64_t start, period every, std::uint64_t count)
        : start_(start), every_(every), count_(count)
    {
    }

    std::int64_t due(std::uint64_t n) const { return start_ + every_.times(n); }
    /// Of the next one.
    std::int64_t next_due() const { return due(next_); }
    bool finished() const { return next_ == count_ && count_ != 0; }

    /// When the next one was due, if it is; moves on by one.
    std::optional<std::int64_t> take(std::int64_t now)
    {
        if (finished() || next_due() > now)
            return std::nullopt;
        return due(next_++);
    }

private:
    std::int64_t start_;
    period every_;
    std::uint64_t count_;
    std::uint64_t next_ = 0;
};

} // namespace pier
