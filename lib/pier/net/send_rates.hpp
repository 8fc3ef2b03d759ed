// How fast bytes leave: each connection's own limit, and one for all of them. No I/O.
//
// Of the limit for all each shard takes leases. In any time t at most rate * t + burst leave, and a quarter
// of the burst more: what shards may hold back (lease_of). Whoever finds nothing left waits for the shard's
// next beat, where all are woken in the order in which they began to wait; the beats of the shards are spread
// evenly, so that each finds what has come in since another's.
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
    /// `place` among the sharers, from 0.
    send_rates(const rate_limit& each, shared_bucket& all, unsigned sharers, unsigned place);

    bool limited() const { return each_ || all_.limit(); }
    /// Bytes that a connection with this bucket may send now, at most `most_at_once`, so that others get
    /// their turn. 0: it has to wait.
    std::int64_t allowance(token_bucket& own, std::int64_t now);
    /// They have been sent; no more than the allowance.
    void spend(token_bucket& own, std::int64_t now, std::int64_t bytes);
    /// Milliseconds that a connection does well to wait: until something worth a packet may leave.
    std::int64_t wait(token_bucket& own, std::int64_t now);

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
};

} // namespace pier::net
