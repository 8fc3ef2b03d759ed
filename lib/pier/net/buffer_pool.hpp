// A shard's store of byte blocks of one size. Last in, first out, so a busy shard works in the same warm
// memory; what idle connections gave back serves the next one. No I/O, no locks: one pool per shard and size.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace pier::net {

class buffer_pool {
public:
    using block = std::unique_ptr<char[]>;

    /// Keeps at most `keep` unused blocks; the rest goes back to the system.
    buffer_pool(std::size_t block_size, std::size_t keep) : size_(block_size), keep_(keep)
    {
        spare_.reserve(keep);
    }

    std::size_t block_size() const { return size_; }
    std::size_t spare() const { return spare_.size(); }

    block take()
    {
        if (spare_.empty())
            return block(new char[size_]); // not zeroed
        block b = std::move(spare_.back());
        spare_.pop_back();
        return b;
    }

    void give(block b)
    {
        if (b && spare_.size() < keep_)
            spare_.push_back(std::move(b));
    }

private:
    std::size_t size_;
    std::size_t keep_;
    std::vector<block> spare_;
};

} // namespace pier::net
