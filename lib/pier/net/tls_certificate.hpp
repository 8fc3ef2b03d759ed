// A certificate with its chain and its key: read from PEM files, checked, described. No sockets.
#pragma once

#include "pier/net/tls_server.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <openssl/types.h>
#include <string>
#include <vector>

namespace pier::net {

struct x509_deleter {
    void operator()(X509* one) const;
    void operator()(EVP_PKEY* one) const;
};
using x509_ptr = std::unique_ptr<X509, x509_deleter>;
using private_key_ptr = std::unique_ptr<EVP_PKEY, x509_deleter>;

struct tls_certificate {
    x509_ptr own;
    std::vector<x509_ptr> chain; ///< its issuer, the issuer's, and so on
    private_key_ptr key;

    std::vector<std::string> names;             ///< dNSNames of subjectAltName, without any the common name
    std::vector<std::string> addresses;         ///< iPAddresses of subjectAltName
    int kind = 0;                               ///< of its key, as OpenSSL numbers them
    std::int64_t not_before = 0, not_after = 0; ///< seconds since 1970
    tls_certificate_report report;
};

/// Of one of the files, in bytes; a chain may have so many certificates beside the server's own.
inline constexpr std::size_t largest_pem = 1024 * 1024;
inline constexpr std::size_t longest_chain = 16;

/// Reads and checks them. What works but should not stay so is said in `warnings`, each a sentence that names
/// the file. `now` is in seconds since 1970. Throws ops::fatal with such a sentence.
tls_certificate load_certificate(const tls_certificate_files& files, std::int64_t now,
                                 std::vector<std::string>& warnings);

/// Fills in what can be read from `own` and `key`.
void describe(tls_certificate& c, const std::string& file);

/// How long a self-signed one is good. It is made anew, with the same key, when a third of that is left.
inline constexpr std::int64_t self_signed_seconds = 14 * 24 * 3600;

/// One for these names and addresses, with the key given or, if that is null, a new one on P-256. Throws
/// ops::fatal.
tls_certificate make_self_signed(const std::vector<std::string>& names, std::int64_t now, EVP_PKEY* key);

/// What OpenSSL last complained about, in its words; then it has forgotten it.
std::string take_openssl_error();

} // namespace pier::net
