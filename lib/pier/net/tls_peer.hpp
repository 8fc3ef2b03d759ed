// What a client's connection remembers about the server it wanted, for the cache of sessions and for whoever
// explains why nothing came of it. Private to tls_client.
#pragma once

#include "pier/net/tls_certificate.hpp"
#include "pier/net/tls_session_cache.hpp"

#include <optional>
#include <string>

namespace pier::net {

struct tls_peer {
    std::string host;   ///< as it was asked for
    std::string server; ///< host and port: what sessions are kept by
    tls_session_cache* sessions = nullptr;
    std::optional<tls_certificate> refused; ///< that did not hold; its own alone
    std::string issuer;                     ///< of that

    /// Null: it is no client's.
    static tls_peer* of(const SSL* ssl);
    static void attach(SSL* ssl, std::unique_ptr<tls_peer> peer);
};

} // namespace pier::net
