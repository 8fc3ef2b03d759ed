// What a person is told when a client's TLS handshake came to nothing.
#include "pier/net/tls_client.hpp"
#include "pier/net/tls_engine.hpp"
#include "pier/net/tls_peer.hpp"

#include <cstring>
#include <ctime>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace pier::net {

namespace {

constexpr std::size_t names_told = 5;

std::string day_of(std::int64_t seconds)
{
    std::time_t t = seconds;
    std::tm parts{};
    ::gmtime_r(&t, &parts);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d", &parts)};
}

std::string names_in(const tls_certificate& c)
{
    std::string all;
    std::size_t count = 0;
    for (const auto* list : {&c.names, &c.addresses})
        for (const std::string& name : *list)
            if (++count <= names_told)
                all.append(count > 1 ? ", " : "").append(name);
    if (count > names_told)
        all.append(" and ").append(std::to_string(count - names_told)).append(" more");
    return count > 0 ? all : "no host at all";
}

std::string explain_certificate(long error, const tls_peer& peer)
{
    const std::string& host = peer.host;
    static const tls_certificate unseen{};
    const tls_certificate& c = peer.refused ? *peer.refused : unseen;
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the certificate of " + host +
               ", or that of one of its issuers, has expired (its own is good until " + day_of(c.not_after) +
               "): whoever runs the server has to renew it, unless this machine's clock is "
               "wrong; --insecure goes on without proof of who answers";
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the certificate of " + host + " is not good before " + day_of(c.not_before) +
               ": look at this machine's clock";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return "the server's certificate is for " + names_in(c) + ", not for " + host +
               ": ask for it by a name that the certificate has; another server may have answered";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return "the certificate of " + host +
               " is signed by itself, so that nobody vouches for it: if it is yours, "
               "get it from the server and name it with --ca FILE, or check its key with --pin " +
               c.report.pin + " and --insecure";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "the certificate of " + host + " is signed by \"" + peer.issuer +
               "\", whom this machine does not trust: if that is an authority of your own, name its "
               "certificate with "
               "--ca FILE; a public server may have forgotten to send its issuers' certificates";
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return "the key of " + host + " is none of those that --pin names: it has " + c.report.pin +
               "; it was changed, or somebody else has answered";
    default: return "the certificate of " + host + " does not hold: " + X509_verify_cert_error_string(error);
    }
}

std::string explain_alert(unsigned long alert, const std::string& host)
{
    switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_PROTOCOL_VERSION:
    case SSL_AD_INSUFFICIENT_SECURITY:
        return host + " and we have no version of TLS, or no cipher, in common: it may be older than TLS 1.2";
    case SSL_AD_UNRECOGNIZED_NAME:
        return "the server does not know the name " + host + ": is this the right address for it?";
    case SSL_AD_CERTIFICATE_REQUIRED: return host + " lets in only who shows a certificate of their own";
    case SSL_AD_NO_APPLICATION_PROTOCOL: return host + " does not speak HTTP/1.1 there";
    default:
        return host +
               " refused the TLS handshake: " + tls_failure{tls_failure::kind::alert, alert}.to_string();
    }
}

} // namespace

std::string explain_tls(const tls_engine& failed)
{
    static const tls_peer nobody{
        .host = "the server", .server = {}, .sessions = nullptr, .refused = {}, .issuer = {}};
    const tls_failure& why = failed.failure();
    const tls_peer* known = tls_peer::of(failed.ssl());
    const tls_peer& peer = known ? *known : nobody;
    switch (why.what) {
    case tls_failure::kind::none: return "the TLS handshake with " + peer.host + " was given up";
    case tls_failure::kind::io:
        return "the connection to " + peer.host +
               " broke in the TLS handshake: " + std::strerror(static_cast<int>(why.error));
    case tls_failure::kind::closed:
        return peer.host + " closed the connection in the middle of the TLS handshake: it may not want this "
                           "client, or be overloaded";
    case tls_failure::kind::plain:
        return peer.host + " answers there, but without TLS: try http:// instead of https://";
    case tls_failure::kind::certificate: return explain_certificate(static_cast<long>(why.error), peer);
    case tls_failure::kind::alert: return explain_alert(why.error, peer.host);
    case tls_failure::kind::protocol: break;
    }
    return "the TLS handshake with " + peer.host + " failed: " + why.to_string();
}

} // namespace pier::net
