// Why TLS with a peer failed, as a value.
#pragma once

#include <string>

namespace pier::net {

struct tls_failure {
    enum class kind : unsigned char {
        none,
        io,          ///< the connection broke: `error` is errno's
        closed,      ///< the peer closed it in the middle of the handshake
        plain,       ///< the peer speaks without TLS
        certificate, ///< the peer's does not hold: `error` is X509_V_ERR_...
        alert,       ///< the peer refused ours, or us: `error` is the alert's number (RFC 8446 section 6)
        protocol,    ///< what it sent makes no sense, or nothing in common: `error` is OpenSSL's code
    };
    kind what = kind::none;
    unsigned long error = 0;

    explicit operator bool() const { return what != kind::none; }
    /// Half a sentence, for logs: "the peer's alert: unknown CA".
    std::string to_string() const;

    /// From OpenSSL's queue of errors, which is empty afterwards. `verify_result`: the connection's.
    static tls_failure take(long verify_result);
};

} // namespace pier::net
