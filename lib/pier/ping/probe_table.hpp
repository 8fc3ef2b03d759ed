// The probes that answers may still come to: a ring by sequence number. An answer belongs to a probe when
// sequence number and timestamp both agree, so neither a stranger's nor a late one is taken for another's. No
// I/O.
#pragma once

#include "pier/ping/probe.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace pier::ping {

enum class match : std::uint8_t {
    in_time,
    late,       ///< after its probe was given up
    duplicate,  ///< to a probe that has its answer
    never_sent, ///< to none of ours
    mismatched, ///< of a number we sent, but with another timestamp
    forgotten   ///< too old to tell
};

class probe_table {
public:
    static constexpr std::size_t most = std::size_t{1} << 20; ///< probes kept; 80 MiB

    /// Keeps at least `probes`, counted from `first`.
    probe_table(std::size_t probes, std::uint64_t first);

    /// What a probe of `rate` a second and `wait` nanoseconds needs: twice what can be under way, for late
    /// answers.
    static double needed(double rate, std::int64_t wait)
    {
        return 2 * rate * static_cast<double>(wait) / 1e9 + 64;
    }

    /// False: the oldest probe under way would have to be forgotten for another.
    bool has_room() const { return next_ - unsettled_ < slots_.size(); }
    /// The next probe, which is under way from now on.
    probe& open();
    probe* find(std::uint64_t sequence);

    /// Whether `came` answers a probe, which then has its answer. `in_time` if it came within `wait` by
    /// whatever clock `elapsed` (nanoseconds since its sending) was taken.
    match take(const answer& came, std::int64_t wait, std::int64_t elapsed);

    /// The sequence number that ends in these 32 bits and was sent last; nothing: none.
    std::optional<std::uint64_t> unwrap(std::uint32_t low) const;

    /// In order of their numbers, each probe whose fate is decided, once: answered, refused, not sent, or
    /// without an answer `wait` after it was sent (expired, or answered late). Null: the next one is still
    /// open.
    const probe* settle(std::int64_t now, std::int64_t wait);
    /// When the next one is given up; nothing when all is settled.
    std::optional<std::int64_t> next_expiry(std::int64_t wait) const;

    std::uint64_t next() const { return next_; }
    std::uint64_t under_way() const { return next_ - unsettled_; }

private:
    probe& at(std::uint64_t sequence) { return slots_[sequence & (slots_.size() - 1)]; }
    const probe& at(std::uint64_t sequence) const { return slots_[sequence & (slots_.size() - 1)]; }

    std::vector<probe> slots_;
    std::uint64_t first_;
    std::uint64_t next_;
    std::uint64_t unsettled_;
};

} // namespace pier::ping
