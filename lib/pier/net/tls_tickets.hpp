// The keys under which session tickets are sealed (RFC 5077, RFC 8446 4.6.1): in memory, shared by all
// shards, changed as time passes. Who learns one later can open no older ticket with it.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

namespace pier::net {

struct tls_ticket_key {
    std::array<unsigned char, 16> name{}; ///< stands in the ticket
    std::array<unsigned char, 32> aes{};
    std::array<unsigned char, 32> mac{};
};

/// Safe to use from every thread. Times come from one clock that never goes back.
class tls_ticket_keys {
public:
    using time = std::chrono::seconds;

    /// A key seals for `rotation`, and opens for as long again.
    explicit tls_ticket_keys(std::chrono::seconds rotation) : rotation_(rotation) {}
    ~tls_ticket_keys();
    tls_ticket_keys(const tls_ticket_keys&) = delete;
    tls_ticket_keys& operator=(const tls_ticket_keys&) = delete;

    std::chrono::seconds rotation() const { return rotation_; }

    /// To seal a ticket with; nothing when the system has no random numbers.
    std::optional<tls_ticket_key> current(time now);

    struct found {
        tls_ticket_key key;
        bool is_current; ///< else the client should be given a new ticket
    };
    /// To open one with; nothing: it is too old, or none of ours.
    std::optional<found> find(const unsigned char (&name)[16], time now);

private:
    struct kept {
        tls_ticket_key key;
        time since{0};
    };
    void rotate(time now);
    static std::optional<kept> make(time now);

    const std::chrono::seconds rotation_;
    std::mutex mutex_;
    std::optional<kept> current_, previous_;
};

} // namespace pier::net
