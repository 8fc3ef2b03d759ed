// How many connections each address has: process-wide and exact. One short lock at either end of a
// connection, shared with few others. No I/O.
#pragma once

#include "pier/net/address_key.hpp"

#include <array>
#include <cstddef>
#include <mutex>
#include <unordered_map>

namespace pier::net {

/// Holds addresses that have connections and no others: as many as there are connections at most.
class address_counts {
public:
    explicit address_counts(std::size_t most = 0) : most_(most) {} ///< of an address; 0: no limit

    bool limited() const { return most_ != 0; }
    /// One more connection of this address; false, and none more, when it has its share.
    bool enter(const address_key& address);
    void leave(const address_key& address);
    std::size_t addresses() const;

private:
    struct part {
        mutable std::mutex mutex;
        std::unordered_map<address_key, std::size_t, address_hash> open;
    };
    part& part_of(const address_key& address) { return parts_[address_hash()(address) >> 8 & (parts - 1)]; }

    static constexpr std::size_t parts = 64; ///< a power of two
    const std::size_t most_;
    std::array<part, parts> parts_;
};

} // namespace pier::net
