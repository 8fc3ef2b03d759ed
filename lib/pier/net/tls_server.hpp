// What a server presents to clients that speak TLS: certificates chosen by name, tickets, protocol versions.
// Loads its files anew when told to, or when they change; what was good stays until what comes is.
#pragma once

#include "pier/net/tls_types.hpp"
#include "pier/ops/reloadable.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pier::net {

/// A certificate with its chain, the server's own first, and its private key: PEM files.
struct tls_certificate_files {
    std::string certificate;
    std::string key; ///< empty: the key stands in the certificate's file
};

struct tls_server_config {
    /// A client is shown the first that has the name it asks for (RFC 6066 3), of RSA and ECDSA the one that
    /// it can use; one that asks for none of the names, or for no name, gets the first.
    std::vector<tls_certificate_files> certificates;
    bool self_signed = false;            ///< instead: one made at start, kept in memory
    std::vector<std::string> self_names; ///< what that is for: names and addresses
    /// Protocols in the order of our preference (RFC 7301); a client that offers others alone is refused.
    /// Empty: the service has no name there, whatever is offered is passed over.
    std::vector<std::string> protocols;
    std::string keylog;                          ///< a file that gets all secrets, for Wireshark; empty: none
    std::chrono::milliseconds handshake{10'000}; ///< from accept to the end of the handshake
    std::chrono::seconds ticket_rotation{12 * 3600}; ///< a ticket is good for once or twice as long

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// One certificate in force, for who reports.
struct tls_certificate_report {
    std::string name;        ///< the first of those it is for
    std::string file;        ///< empty: self-signed, in memory
    std::string key_type;    ///< RSA, ECDSA or Ed25519
    std::int64_t not_after;  ///< when it expires, in seconds since 1970
    std::string fingerprint; ///< SHA-256, as browsers show it: AB:CD:...
    std::string pin; ///< sha256//BASE64 of its public key (RFC 7469 2.4), as curl --pinnedpubkey takes it
};

struct tls_server_report {
    std::vector<tls_certificate_report> certificates;
    std::uint64_t reloads = 0;         ///< since the start
    std::uint64_t reloads_refused = 0; ///< what was there before stayed
};

/// Safe to use from every thread.
class tls_server final : public ops::reloadable {
public:
    /// Loads, and logs what an operator should know of what was loaded. Throws ops::fatal with a sentence
    /// that names the file and says what to do.
    static std::shared_ptr<tls_server> make(tls_server_config config);
    ~tls_server() override;

    /// Before the first connection; the runtime does it where it listens. Opens the key log, shows a
    /// self-signed certificate's fingerprint. Throws ops::fatal.
    void start();

    /// A new connection's side, in accept state, by what is in force now. Null when there is no memory.
    ssl_ptr open() const;

    /// The deadline of a handshake.
    std::chrono::milliseconds handshake_time() const;

    /// SIGHUP: the files now, whether they have changed or not.
    void reload() override;
    /// Now and then, on a thread that may wait for a disk: loads what has changed once it has come to rest,
    /// and says in the log when that cannot be used. Throws nothing.
    void look() override;
    bool looks() const override { return true; }

    tls_server_report report() const;

private:
    struct state;
    explicit tls_server(std::unique_ptr<state> made);

    std::unique_ptr<state> state_;
};

} // namespace pier::net
