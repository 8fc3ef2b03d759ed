// A file of TLS secrets in NSS key log format, with which Wireshark decrypts what was recorded.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <openssl/types.h>
#include <string>
#include <string_view>
#include <utility>

namespace pier::net {

/// Safe to use from every thread.
class tls_keylog {
public:
    explicit tls_keylog(std::string path) : path_(std::move(path)) {}

    /// Appends to a regular file of this user's that nobody else may read, made if need be; follows no
    /// symbolic link. Says loudly in the log what this means. Before any connection is made. Throws
    /// ops::fatal.
    void open();

    /// Does nothing unless it is open.
    void append(std::string_view line);

    /// Connections of that context tell it their secrets; it must outlive them.
    void attach(SSL_CTX* context);

private:
    const std::string path_;
    unique_fd file_;
};

} // namespace pier::net
