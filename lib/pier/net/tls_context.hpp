// From certificates to OpenSSL's contexts: versions, ciphers, choice by name, tickets, protocols. No sockets.
#pragma once

#include "pier/net/tls_certificate.hpp"
#include "pier/net/tls_keylog.hpp"
#include "pier/net/tls_names.hpp"
#include "pier/net/tls_tickets.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pier::net {

/// What its connections ask for as long as they live: their context keeps it.
struct tls_policy {
    explicit tls_policy(tls_name_table by_name) : names(std::move(by_name)) {}

    tls_name_table names;
    std::vector<ssl_context_ptr> by_set; ///< but for the first set: that is the context itself
    std::string protocols;               ///< in the form of RFC 7301 3.1; empty: none are chosen
    std::shared_ptr<tls_ticket_keys> tickets;
    std::shared_ptr<tls_keylog> keylog; ///< none: secrets stay secret
};

/// `protocols` as they stand in the extension. Throws ops::fatal when OpenSSL does not take a certificate,
/// with its file and reason.
ssl_context_ptr make_server_context(const std::vector<tls_certificate>& certificates,
                                    const std::vector<std::string>& protocols,
                                    std::shared_ptr<tls_ticket_keys> tickets,
                                    std::shared_ptr<tls_keylog> keylog);

} // namespace pier::net
