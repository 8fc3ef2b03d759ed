// What files about TLS have in common, without OpenSSL's own headers.
#pragma once

#include <cstddef>
#include <memory>
#include <openssl/types.h>
#include <string_view>

namespace pier::net {

struct ssl_deleter {
    void operator()(SSL* ssl) const noexcept;
    void operator()(SSL_CTX* context) const noexcept;
};
using ssl_ptr = std::unique_ptr<SSL, ssl_deleter>;
using ssl_context_ptr = std::unique_ptr<SSL_CTX, ssl_deleter>;

/// What one try of a handshake came to.
enum class tls_step : unsigned char { done, wants_read, wants_write, failed };

/// What one try to read came to.
struct tls_input {
    enum class status : unsigned char { data, wants_input, ended, failed };
    status now;
    std::size_t bytes = 0; ///< with `data`, more than none
};

/// What a handshake agreed on, for logs and for who has to know. Views last as long as the connection.
struct tls_facts {
    std::string_view version;     ///< "TLSv1.3"
    std::string_view cipher;      ///< OpenSSL's name: "TLS_AES_128_GCM_SHA256"
    std::string_view alpn;        ///< "http/1.1"; empty: none
    std::string_view server_name; ///< by SNI; empty: none
    bool resumed = false;         ///< of a session that was known
};

} // namespace pier::net
