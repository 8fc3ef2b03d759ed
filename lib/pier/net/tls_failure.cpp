#include "pier/net/tls_failure.hpp"

#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace pier::net {

namespace {

/// OpenSSL reports an alert of the peer's as 1000 and its number.
constexpr int alerts_from = SSL_AD_REASON_OFFSET, alerts_to = SSL_AD_REASON_OFFSET + 256;

std::string reason_of(unsigned long code)
{
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

std::string alert_name(unsigned long number)
{
    const char* name = SSL_alert_desc_string_long(static_cast<int>(number));
    return name && std::strcmp(name, "unknown") != 0 ? name : std::to_string(number);
}

} // namespace

tls_failure tls_failure::take(long verify_result)
{
    unsigned long code = ERR_peek_error(); // the first tells the cause, later ones who passed it on
    ERR_clear_error();
    int reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) != ERR_LIB_SSL)
        return {kind::protocol, code};
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return {kind::certificate, static_cast<unsigned long>(verify_result)};
    if (reason >= alerts_from && reason < alerts_to)
        return {kind::alert, static_cast<unsigned long>(reason - alerts_from)};
    if (reason == SSL_R_HTTP_REQUEST || reason == SSL_R_WRONG_VERSION_NUMBER)
        return {kind::plain, code};
    return {kind::protocol, code};
}

std::string tls_failure::to_string() const
{
    switch (what) {
    case kind::none: break;
    case kind::io: return std::strerror(static_cast<int>(error));
    case kind::closed: return "the peer closed the connection in the middle of the TLS handshake";
    case kind::plain: return "the peer does not speak TLS";
    case kind::certificate:
        return std::string("the certificate does not hold: ") +
               X509_verify_cert_error_string(static_cast<long>(error));
    case kind::alert: return "the peer's alert: " + alert_name(error);
    case kind::protocol: return "TLS: " + reason_of(error);
    }
    return {};
}

} // namespace pier::net
