// What a client trusts and remembers of the servers it talks to over TLS.
#pragma once

#include "pier/net/tls_types.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pier::net {

class tls_engine;

struct tls_client_config {
    std::string ca_file; ///< PEM; trusted instead of the system's authorities; empty: the system's
    /// SHA-256 of public keys (DER of the SPKI), of which the server's has to be one: as add_pin() makes
    /// them.
    std::vector<std::string> pins;
    bool insecure = false;         ///< takes any certificate, of any name; pins hold all the same
    std::string keylog_file;       ///< secrets for Wireshark are appended; empty: to none
    bool tls12 = true;             ///< false: TLS 1.3 alone
    std::string alpn = "http/1.1"; ///< empty: none is offered
};

/// Adds a pin, `sha256//BASE64` as curl --pinnedpubkey takes it: an empty string, or what is wrong with it.
std::string add_pin(tls_client_config& to, const std::string& value);

/// One per process or per shard: many threads may use it. Outlives its connections.
class tls_client {
public:
    /// Throws ops::fatal when a file cannot be read.
    static std::shared_ptr<tls_client> make(const tls_client_config& config);
    ~tls_client();

    /// For stream::start_tls(): to connect to `host`, a name or an address as a URL has it (IPv6 without
    /// brackets), whose certificate has to be for it. Goes on with the session of an earlier connection to
    /// the same host and port if there is one. Null when there is no memory.
    ssl_ptr open(const std::string& host, std::uint16_t port);

    /// Sessions that are kept for later: of one server, of all together.
    static constexpr std::size_t sessions_per_server = 4, session_limit = 1024;

private:
    struct state;
    explicit tls_client(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

/// After a handshake that failed, of a connection of open()'s: what is wrong and what to do, in a sentence
/// for whom does not know TLS, without a full stop.
std::string explain_tls(const tls_engine& failed);

} // namespace pier::net
