// Remembers for a while which credentials were right, so that not every request pays for a password hash.
// Keeps no password: 128 bits of a keyed hash whose key is drawn anew in each process. No I/O, no clock.
#pragma once

#include "pier/base/siphash.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace pier::http {

struct credentials;

class credential_memory {
public:
    /// Two keys of random bits; `most` entries, of which the oldest makes room for another.
    credential_memory(std::array<siphash_key, 2> keys, std::size_t most, std::int64_t milliseconds)
        : keys_(keys), most_(most), keep_(milliseconds)
    {
    }

    bool knows(const credentials& who, std::int64_t now);
    void remember(const credentials& who, std::int64_t now);
    void forget_old(std::int64_t now);
    void forget_all();
    std::size_t size() const { return until_.size(); }

private:
    using digest = std::array<std::uint64_t, 2>;
    digest digest_of(const credentials& who) const;

    std::array<siphash_key, 2> keys_;
    std::size_t most_;
    std::int64_t keep_;
    std::map<digest, std::int64_t> until_;
    std::deque<digest> order_; ///< of the same, the oldest first
};

} // namespace pier::http
