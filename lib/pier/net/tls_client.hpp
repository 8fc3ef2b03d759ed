// What a client trusts and remembers of the servers it talks to over TLS.
#pragma once

#include "pier/net/tls_failure.hpp"
#include "pier/net/tls_types.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pier::net {

class stream;

struct tls_client_config {
    std::string ca_file; ///< PEM; trusted instead of the system's authorities; empty: the system's
    /// SHA-256 over the DER of the public key (SPKI), of which the server's has to be one; as `sha256//BASE64`.
    std::vector<std::string> pins;
    bool insecure = false;    ///< takes any certificate, of any name; pins hold all the same
    std::string keylog_file;  ///< secrets for Wireshark, appended; empty: none
    bool tls12 = true;        ///< false: TLS 1.3 alone
    std::string alpn = "http/1.1"; ///< empty: none is offered

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// Adds a pin as --pin names it: an empty string, or what is wrong with it.
std::string add_pin(tls_client_config& to, const std::string& value);

/// One per process or per shard: safe to use by many threads.
class tls_client {
public:
    /// Throws ops::fatal when a file cannot be read.
    static std::shared_ptr<tls_client> make(const tls_client_config& config);
    ~tls_client();

    /// For stream::start_tls(): to connect to `host`, a name or an address as a URL has it (IPv6 without
    /// brackets), whose certificate has to be for it. With the session of an earlier connection to the same
    /// host and port if there is one.
    ssl_ptr open(const std::string& host, std::uint16_t port);

    /// For the first line of an error: what is wrong, for whom does not know TLS, and what to do.
    /// After a handshake on `with` that failed.
    static std::string explain(const stream& with, const std::string& host);

    /// Sessions that are kept for later, of all servers together.
    static constexpr std::size_t session_limit = 512;

private:
    struct state;
    explicit tls_client(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

} // namespace pier::net
