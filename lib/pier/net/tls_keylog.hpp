// A file of TLS secrets in NSS key log format, with which Wireshark decrypts what was recorded.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <memory>
#include <openssl/types.h>
#include <string>
#include <string_view>

namespace pier::net {

/// Safe to use from every thread.
class tls_keylog {
public:
    /// Appends to a regular file of this user's that nobody else may read, made if need be; follows no
    /// symbolic link. Says loudly in the log what this means. Throws ops::fatal.
    static std::shared_ptr<tls_keylog> open(const std::string& path);

    void append(std::string_view line);

    /// Connections of that context tell it their secrets; it must outlive them.
    void attach(SSL_CTX* context);

private:
    explicit tls_keylog(unique_fd file) : file_(std::move(file)) {}

    unique_fd file_;
};

} // namespace pier::net
