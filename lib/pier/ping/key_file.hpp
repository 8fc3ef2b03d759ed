// The key that all shards share, read again when asked.
#pragma once

#include "pier/ops/reloadable.hpp"
#include "pier/ping/hmac.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace pier::ping {

/// Safe to use from every thread.
class key_file final : public ops::reloadable {
public:
    /// Throws ops::fatal as hmac_key::load does.
    explicit key_file(std::string path);

    /// When that fails the old key stays.
    void reload() override;

    std::shared_ptr<const hmac_key> key() const;
    /// Another one after every reload.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

private:
    const std::string path_;
    mutable std::mutex mutex_;
    std::shared_ptr<const hmac_key> key_;
    std::atomic<std::uint64_t> generation_{0};
};

} // namespace pier::ping
