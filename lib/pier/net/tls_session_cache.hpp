// A client's TLS sessions by server, for later connections. Many threads may use it. No sockets.
#pragma once

#include "pier/net/tls_types.hpp"

#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

struct ssl_session_st; // OpenSSL's SSL_SESSION

namespace pier::net {

struct ssl_session_deleter {
    void operator()(ssl_session_st* session) const noexcept;
};
using ssl_session_ptr = std::unique_ptr<ssl_session_st, ssl_session_deleter>;

class tls_session_cache {
public:
    tls_session_cache(std::size_t per_server, std::size_t most) : per_server_(per_server), most_(most) {}

    /// The newest. One of TLS 1.3 is for one connection (RFC 8446 appendix C.4), one of TLS 1.2 stays.
    ssl_session_ptr take(const std::string& server);
    void put(const std::string& server, ssl_session_ptr session);
    std::size_t size() const;

private:
    struct entry {
        std::string server;
        ssl_session_ptr session;
    };
    using entries = std::list<entry>;

    void drop(entries::iterator oldest);

    const std::size_t per_server_, most_;
    mutable std::mutex mutex_;
    entries by_age_; ///< the oldest first
    std::map<std::string, std::deque<entries::iterator>> by_server_;
};

} // namespace pier::net
