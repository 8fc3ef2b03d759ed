// How fast bytes leave: each connection's own limit, and one for all of them. No I/O.
//
// Of the limit for all each shard takes leases. In any time t at most rate * t + burst leave, and a quarter
// of the burst more: what shards may hold back (lease_of). Whoever finds nothing left waits for the shard's
// next beat, where all are woken in the order in which they began to wait; whoever comes while somebody waits
// stands in line behind. The beats of the shards are spread evenly, so that each finds what has come in since
// another's.
#pragma once

#include "pier/base/token_bucket.hpp"

#include <mutex>

namespace pier::net {

/// The bucket that the shards share. From any thread.
class shared_bucket {
public:
    explicit shared_bucket(const rate_limit& limit = {}) : limit_(limit) {}

    const rate_limit& limit() const { return limit_; }
    std::int64_t take(std::int64_t now, std::int64_t wanted)
    {
        std::lock_guard lock(mutex_);
        return bucket_.take(limit_, now, wanted);
    }

private:
    const rate_limit limit_;
    std::mutex mutex_;
    token_bucket bucket_;
};

/// One shard's: what its connections may send now.
class send_rates {
public:
    /// What a connection does well to wait.
    struct pause {
        std::int64_t milliseconds = 0;
        bool in_line = false; ///< for the limit for all
    };

    /// One that waits, from before the wait to its end: then it is its turn.
    class waiting {
    public:
        waiting(send_rates& rates, const token_bucket& own, const pause& why)
            : rates_(rates), own_(own), in_line_(why.in_line)
        {
            rates_.in_line_ += in_line_;
        }
        waiting(const waiting&) = delete;
        waiting& operator=(const waiting&) = delete;
        ~waiting()
        {
            rates_.in_line_ -= in_line_;
            if (in_line_)
                rates_.turn_ = &own_;
        }

    private:
        send_rates& rates_;
        const token_bucket& own_;
        const bool in_line_;
    };

    /// `place` among the sharers, from 0.
    send_rates(const rate_limit& each, shared_bucket& all, unsigned sharers, unsigned place);

    bool limited() const { return each_ || all_.limit(); }
    /// Bytes that a connection with this bucket may send now, at most `most_at_once`, so that others get
    /// their turn. 0: it has to wait; so has everyone while others stand in line, but for who has just come
    /// out of it and asks at once.
    std::int64_t allowance(token_bucket& own, std::int64_t now);
    /// They have been sent; no more than the allowance.
    void spend(token_bucket& own, std::int64_t bytes);
    /// Until something worth a packet may leave.
    pause wait(token_bucket& own, std::int64_t now);

    static constexpr std::int64_t most_at_once = 256 * 1024;

private:
    static constexpr std::int64_t worth_sending = 16 * 1024; ///< or half of a smaller burst
    static constexpr std::int64_t turn_of_all = 40;          ///< milliseconds between a shard's beats

    std::int64_t lease(std::int64_t now);

    const rate_limit each_;
    shared_bucket& all_;
    const std::int64_t batch_;
    const std::int64_t phase_;
    std::int64_t leased_ = 0;
    unsigned in_line_ = 0;               ///< connections that wait for the limit for all
    const token_bucket* turn_ = nullptr; ///< whose turn it is
};

} // namespace pier::net
