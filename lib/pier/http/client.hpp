// The client of one shard, or of one program: kept connections and the limits on them. Of one thread.
#pragma once

#include "pier/http/client_config.hpp"
#include "pier/http/client_exchange.hpp"
#include "pier/net/home.hpp"
#include "pier/ops/counters.hpp"

#include <memory>
#include <vector>

namespace pier::http {

class client_pool;

struct client_counters {
    ops::counter requests;           ///< begun
    ops::counter failures;           ///< that had no answer, or not all of it
    ops::counter connections_opened; ///< tried
    ops::counter connections_failed; ///< of these
    ops::counter connections_reused;
    ops::counter repeated;       ///< requests sent again because a kept connection had died
    ops::counter waited;         ///< requests that had to wait for a connection
    ops::counter bytes_received; ///< of bodies
};

class client {
public:
    client(net::home where, client_config c);
    /// All exchanges have gone.
    ~client();
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    /// Closes what is idle, and from now on whatever becomes idle. Exchanges that wait for a connection end
    /// as `cancelled`; those that have one go on.
    void drain();

    const client_config& config() const;
    /// Now: in use, and kept.
    std::size_t connections_busy() const;
    std::size_t connections_idle() const;
    client_counters counters;

    client_pool& pool() { return *pool_; }

private:
    std::unique_ptr<client_pool> pool_;
};

} // namespace pier::http
