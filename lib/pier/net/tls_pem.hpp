// Keys and certificates in PEM form (RFC 7468), read from files. No sockets.
#pragma once

#include "pier/net/tls_certificate.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace pier::net {

/// A file's text, wiped when it is gone: it may be a key.
struct pem_text {
    std::string text;
    mode_t mode = 0; ///< of the file

    pem_text() = default;
    pem_text(pem_text&&) = default;
    pem_text& operator=(pem_text&&) = default;
    ~pem_text();
};

// All throw ops::fatal with a sentence that names the file and says what to do.

pem_text read_pem(const std::string& path);
/// The first one. `with_certificate`: the file was named for its certificate.
private_key_ptr read_key(const pem_text& from, const std::string& path, bool with_certificate);
/// At least one.
std::vector<x509_ptr> read_certificates(const pem_text& from, const std::string& path);

} // namespace pier::net
