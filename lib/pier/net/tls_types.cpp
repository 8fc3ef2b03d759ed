#include "pier/net/tls_types.hpp"

#include <openssl/ssl.h>

namespace pier::net {

void ssl_deleter::operator()(SSL* ssl) const noexcept
{
    SSL_free(ssl);
}

void ssl_deleter::operator()(SSL_CTX* context) const noexcept
{
    SSL_CTX_free(context);
}

} // namespace pier::net
