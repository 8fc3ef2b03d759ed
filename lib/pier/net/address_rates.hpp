// How many requests each address may send: one process-wide table of buckets, and in each shard leases, which
// are tokens taken in advance. No I/O.
//
// In any time t an address gets count * t / period + burst, at most a quarter of the burst more, and it is
// refused nothing while it keeps a quarter of the burst below that: this is what shards may hold back
// (lease_of).
#pragma once

#include "pier/base/token_bucket.hpp"
#include "pier/net/address_key.hpp"

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace pier::net {

/// Fixed memory. When more addresses than there is room for are in debt at once, the one that owes least in
/// its row is forgotten, so it starts anew with a full burst.
class address_rates {
public:
    /// `addresses` is rounded up to a power of two, 1024 at least.
    explicit address_rates(const rate_limit& limit = {}, std::size_t addresses = default_addresses);

    static constexpr std::size_t default_addresses = 64 * 1024;

    const rate_limit& limit() const { return limit_; }
    /// From any thread: `wanted` tokens or as many as there are.
    std::int64_t take(const address_key& address, std::int64_t now, std::int64_t wanted);
    void put_back(const address_key& address, std::int64_t tokens);
    /// Milliseconds until there is a token again.
    std::int64_t wait(const address_key& address, std::int64_t now);

private:
    struct entry {
        address_key address; ///< family 0: free
        token_bucket bucket;
    };
    static constexpr std::size_t ways = 8;
    static constexpr std::size_t locks = 64;
    using row = std::array<entry, ways>;

    row& row_of(std::size_t hash) { return rows_[hash & (rows_.size() - 1)]; }
    std::mutex& lock_of(std::size_t hash) { return locks_[hash & (locks - 1)]; } // the same for a whole row
    static entry* find(row& in, const address_key& address);
    entry& find_or_make(row& in, const address_key& address, std::int64_t now);

    const rate_limit limit_;
    std::vector<row> rows_;
    std::array<std::mutex, locks> locks_;
};

/// One shard's.
class address_leases {
public:
    address_leases(address_rates& from, unsigned sharers);

    /// One request of this address. 0: it may pass; else how many milliseconds from now the next one may.
    std::int64_t admit(const address_key& address, std::int64_t now);

private:
    struct lease {
        address_key address;
        std::int64_t tokens = 0;
    };
    lease& find_or_make(const address_key& address);

    static constexpr std::size_t leases = 1024; ///< a power of two
    static constexpr std::int64_t most_tokens = 64;

    address_rates& from_;
    const std::int64_t batch_;
    std::vector<lease> leases_;
};

} // namespace pier::net
