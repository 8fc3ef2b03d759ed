// Which sequence numbers have come: the sliding window of RFC 4303 (3.4.3), which also keeps replays out. No
// I/O.
#pragma once

#include <cstdint>

namespace pier::beat {

class sequence_window {
public:
    static constexpr std::uint64_t reach = 64;

    enum class place {
        next,      ///< the highest so far, and `skipped` before it are missing
        filled,    ///< one of the missing: it was overtaken
        duplicate, ///< it has come before
        outdated   ///< too far behind to tell
    };
    struct found {
        place where;
        std::uint64_t skipped = 0;
    };

    /// Where `sequence` stands.
    found look(std::uint64_t sequence) const
    {
        if (sequence > highest_)
            return {place::next, sequence - highest_ - 1};
        std::uint64_t behind = highest_ - sequence;
        if (behind >= reach)
            return {place::outdated};
        return {seen_ >> behind & 1 ? place::duplicate : place::filled};
    }
    /// Remembers one that is next or filled.
    void take(std::uint64_t sequence)
    {
        if (sequence > highest_) {
            std::uint64_t ahead = sequence - highest_;
            seen_ = ahead < reach ? seen_ << ahead : 0;
            highest_ = sequence;
        }
        seen_ |= std::uint64_t{1} << (highest_ - sequence);
    }
    /// The first of a start: what came before it is not missed.
    void begin(std::uint64_t sequence)
    {
        highest_ = sequence;
        seen_ = ~std::uint64_t{0};
    }
    std::uint64_t highest() const { return highest_; }

private:
    friend struct snapshot_access;
    std::uint64_t highest_ = 0, seen_ = 0;
};

} // namespace pier::beat
