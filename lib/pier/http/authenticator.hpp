// Basic authentication for a handler: at once for whom it remembers, else after a verification on the
// blocking pool. The table of passwords is the process's, the memory is the shard's.
#pragma once

#include "pier/http/credential_memory.hpp"
#include "pier/http/htpasswd.hpp"
#include "pier/http/message.hpp"
#include "pier/net/types.hpp"
#include "pier/ops/reloadable.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace pier::net {
class shard;
}

namespace pier::http {

struct authenticator_config {
    std::string realm = "Pier";              ///< shown by browsers; no quotes, no control characters
    std::chrono::milliseconds keep{300'000}; ///< how long right credentials are remembered
    std::size_t remembered = 1024;           ///< of them, on each shard
    unsigned verifications = 4;              ///< at once, in the whole process; more are answered with 503

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// A password file that all shards share. Safe to use from every thread.
class password_file final : public ops::reloadable {
public:
    /// Throws ops::fatal when the file is missing or has a mistake.
    explicit password_file(std::string path, htpasswd_limits limits = {});

    /// Reads the file again. When that fails the old table stays.
    void reload() override;

    std::shared_ptr<const htpasswd> table() const;
    /// Another one after every reload.
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

    /// True, and one verification more under way, if there are fewer than `most`.
    bool begin_verification(unsigned most);
    void end_verification() { running_.fetch_sub(1, std::memory_order_relaxed); }

private:
    const std::string path_;
    const htpasswd_limits limits_;
    mutable std::mutex mutex_;
    std::shared_ptr<const htpasswd> table_;
    std::atomic<std::uint64_t> generation_{0};
    std::atomic<unsigned> running_{0};
};

/// One per shard, used by its thread alone; must outlive the requests that ask it.
class authenticator {
public:
    enum class verdict {
        granted,
        denied,  ///< no credentials, or wrong ones: 401
        unknown, ///< of ask_now only: ask() finds out
        busy     ///< too many are being verified: 503
    };

    authenticator(net::shard& shard, std::shared_ptr<password_file> users, authenticator_config config);

    /// `authorization` is the value of the request's Authorization field, if it has one.
    verdict ask_now(std::optional<std::string_view> authorization);
    /// Never `unknown`. The text must stay until it is answered.
    net::task<verdict> ask(std::optional<std::string_view> authorization);
    /// Makes `out` the answer to one who was not granted.
    void refuse(verdict why, response& out) const;

    /// From the handler's tick.
    void tick();

private:
    void follow_reload();

    net::shard& shard_;
    std::shared_ptr<password_file> users_;
    authenticator_config config_;
    credential_memory memory_;
    std::uint64_t generation_;
};

} // namespace pier::http
