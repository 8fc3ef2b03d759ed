// So much of something for all shards together. No I/O.
#pragma once

#include <atomic>
#include <cstdint>

namespace pier::ping {

/// Safe to use from every thread.
class budget {
public:
    explicit budget(std::uint64_t most) : most_(most) {}

    /// False: there is not that much left, and nothing is taken.
    bool take(std::uint64_t amount)
    {
        std::uint64_t before = taken_.fetch_add(amount, std::memory_order_relaxed);
        if (amount <= most_ && before <= most_ - amount)
            return true;
        give_back(amount);
        return false;
    }
    void give_back(std::uint64_t amount) { taken_.fetch_sub(amount, std::memory_order_relaxed); }
    std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    const std::uint64_t most_;
    std::atomic<std::uint64_t> taken_{0};
};

} // namespace pier::ping
