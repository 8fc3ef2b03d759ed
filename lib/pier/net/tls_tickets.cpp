#include "pier/net/tls_tickets.hpp"

#include <algorithm>
#include <cstring>
#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace pier::net {

tls_ticket_keys::~tls_ticket_keys()
{
    for (auto* k : {&current_, &previous_})
        if (*k)
            OPENSSL_cleanse(&(*k)->key, sizeof(tls_ticket_key));
}

std::optional<tls_ticket_keys::kept> tls_ticket_keys::make(time now)
{
    kept fresh{{}, now};
    tls_ticket_key& key = fresh.key;
    bool good = RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1 &&
                RAND_priv_bytes(key.aes.data(), static_cast<int>(key.aes.size())) == 1 &&
                RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1;
    return good ? std::optional(fresh) : std::nullopt;
}

/// Also when nobody has come for long: what has had its time opens nothing any more.
void tls_ticket_keys::rotate(time now)
{
    if (previous_ && now - previous_->since >= 2 * rotation_)
        previous_.reset();
    if (!current_ || now - current_->since < rotation_)
        return;
    previous_ = now - current_->since < 2 * rotation_ ? current_ : std::nullopt;
    current_.reset();
}

std::optional<tls_ticket_key> tls_ticket_keys::current(time now)
{
    std::lock_guard lock(mutex_);
    rotate(now);
    if (!current_)
        current_ = make(now);
    return current_ ? std::optional(current_->key) : std::nullopt;
}

std::optional<tls_ticket_keys::found> tls_ticket_keys::find(const unsigned char (&name)[16], time now)
{
    std::lock_guard lock(mutex_);
    rotate(now);
    for (const auto* k : {&current_, &previous_})
        if (*k && std::memcmp((*k)->key.name.data(), name, sizeof name) == 0)
            return found{(*k)->key, k == &current_};
    return std::nullopt;
}

} // namespace pier::net
