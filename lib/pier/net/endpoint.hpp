// Addresses to listen on: parsed, printed, turned into sockaddr. No I/O.
#pragma once

#include "pier/base/ip_address.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace pier::net {

class tls_server;

/// Where a peer is, small enough to stand in every session. Unix peers have no address.
struct peer_address {
    unsigned char family = AF_UNSPEC; // AF_INET, AF_INET6 or AF_UNIX
    std::uint16_t port = 0;
    unsigned char bytes[16] = {};

    static peer_address from(const sockaddr_storage& address);
    /// Of an address without bytes: a unix peer.
    static peer_address from(const ip_address& address, std::uint16_t port);
    ip_address ip() const;
    /// "192.0.2.1", "2001:db8::1" (IPv4-mapped ones as IPv4) or "unix". Returns the length written, at
    /// most 45.
    std::size_t format(char (&into)[46]) const;
    std::string to_string() const;
};

/// An address to bind: `127.0.0.1:8080`, `[::1]:8080`, `unix:/run/pier.sock`. Port 0 lets the system choose.
class endpoint {
public:
    static std::optional<endpoint> parse(std::string_view text);
    static endpoint loopback(std::uint16_t port);
    /// All IPv6 and IPv4 addresses of this machine.
    static endpoint any(std::uint16_t port);
    static endpoint from(const sockaddr_storage& address);
    /// Where a socket listens that this process was given; whoever opens the endpoint takes it over.
    static endpoint inherited(const sockaddr_storage& address, int fd);

    int family() const { return storage_.ss_family; }
    bool is_unix() const { return family() == AF_UNIX; }
    std::uint16_t port() const;
    /// All IPv4 or IPv6 addresses of this machine, as a socket may be bound to.
    bool is_wildcard() const;
    /// The socket that was given; -1: none, it is to be made.
    int inherited() const { return inherited_; }
    /// What is presented to those who connect there; null: they are to speak without TLS.
    const std::shared_ptr<tls_server>& tls() const { return tls_; }
    void set_tls(std::shared_ptr<tls_server> server) { tls_ = std::move(server); }
    /// A name in the abstract namespace, which only a socket that was given can have, begins with `@`.
    std::string unix_path() const;
    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const;
    /// As parse() takes it.
    std::string to_string() const;
    /// As a URL's origin: `http://127.0.0.1:8080`, `http+unix:/run/pier.sock`.
    std::string to_url(std::string_view scheme) const;

private:
    sockaddr_storage storage_{};
    int inherited_ = -1;
    std::shared_ptr<tls_server> tls_;
};

} // namespace pier::net
