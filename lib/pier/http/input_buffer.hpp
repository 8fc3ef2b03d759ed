// The bytes that came from a peer and are not used up: a block of the shard's, exchanged for a larger one
// when a head needs it. Pure but for the pools.
#pragma once

#include "pier/net/buffer_pool.hpp"

#include <cstring>
#include <span>
#include <string_view>

namespace pier::http {

class input_buffer {
public:
    input_buffer(net::buffer_pool& small, net::buffer_pool& large) : small_(small), large_(large) {}
    ~input_buffer() { release(); }
    input_buffer(const input_buffer&) = delete;
    input_buffer& operator=(const input_buffer&) = delete;

    /// All that is not consumed.
    std::string_view view() const { return {block_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    void consume(std::size_t n)
    {
        begin_ += n;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }

    /// Where the next bytes may be read to: at least `least` of them, unless that is more than the large
    /// block has left, and never past the block. Moves what is there when it must.
    std::span<char> space(std::size_t least = 1)
    {
        if (capacity_ - end_ < least)
            make_room(least);
        return {block_.get() + end_, capacity_ - end_};
    }
    void filled(std::size_t n) { end_ += n; }
    /// Forgets the last `n` bytes.
    void drop_back(std::size_t n) { end_ -= n; }

    /// Gives the block back and keeps what it held in one of just that size: for long waits.
    void fit()
    {
        std::size_t held = end_ - begin_;
        net::buffer_pool::block exact(new char[held]);
        if (held > 0)
            std::memcpy(exact.get(), block_.get() + begin_, held);
        release();
        block_ = std::move(exact);
        capacity_ = end_ = held;
    }

    /// Gives the block back. What it held is gone.
    void release()
    {
        if (capacity_ == large_.block_size())
            large_.give(std::move(block_));
        else if (capacity_ == small_.block_size())
            small_.give(std::move(block_));
        else
            block_.reset();
        capacity_ = begin_ = end_ = 0;
    }

private:
    void make_room(std::size_t least)
    {
        std::size_t held = end_ - begin_;
        auto& pool = held + least <= small_.block_size() ? small_ : large_;
        if (pool.block_size() > capacity_) {
            auto next = pool.take();
            if (held > 0)
                std::memcpy(next.get(), block_.get() + begin_, held);
            release();
            block_ = std::move(next);
            capacity_ = pool.block_size();
        } else if (begin_ > 0) {
            std::memmove(block_.get(), block_.get() + begin_, held);
        }
        begin_ = 0;
        end_ = held;
    }

    net::buffer_pool& small_;
    net::buffer_pool& large_;
    net::buffer_pool::block block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0, end_ = 0;
};

} // namespace pier::http
