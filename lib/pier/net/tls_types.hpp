// OpenSSL's objects as owned pointers, without its headers. No I/O.
#pragma once

#include <memory>

struct ssl_st;
struct ssl_ctx_st;

namespace pier::net {

struct tls_deleter {
    void operator()(ssl_st* one) const;
    void operator()(ssl_ctx_st* one) const;
};

/// One side of one connection: an SSL.
using tls_session_ptr = std::unique_ptr<ssl_st, tls_deleter>;
/// What many of them have in common: an SSL_CTX.
using tls_context_ptr = std::unique_ptr<ssl_ctx_st, tls_deleter>;

} // namespace pier::net
