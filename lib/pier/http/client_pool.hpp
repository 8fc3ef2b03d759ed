// The kept connections of a client and the limits on all of them. Knows nothing of requests: who asks gets a
// connection that can take one, or a place in which to make one. A connection counts from its place on.
#pragma once

#include "pier/http/client_config.hpp"
#include "pier/http/client_connection.hpp"
#include "pier/http/client_route.hpp"
#include "pier/net/home.hpp"
#include "pier/net/resolver.hpp"

#include <unordered_map>

namespace pier::http {

struct client_counters;
class client_pool;

/// Connections to one server, or to one proxy.
struct client_origin {
    std::string key;
    std::size_t open = 0;   ///< places taken: being made, in use, idle
    std::size_t asking = 0; ///< for one of them
};

/// One of the connections that the limits allow.
class connection_place {
public:
    connection_place() = default;
    connection_place(client_pool& pool, client_origin& origin) : pool_(&pool), origin_(&origin) {}
    connection_place(connection_place&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), origin_(other.origin_)
    {
    }
    connection_place& operator=(connection_place&&) = delete;
    ~connection_place(); ///< gives it to who waits for one
    explicit operator bool() const { return pool_ != nullptr; }
    client_origin& origin() const { return *origin_; }

private:
    client_pool* pool_ = nullptr;
    client_origin* origin_ = nullptr;
};

struct idle_tag;

/// A connection in its place.
class pooled_connection final : public list_hook<idle_tag>, public net::deadline_clock::hook {
public:
    pooled_connection(client_pool& pool, connection_place place, unique_fd fd);

    client_connection& io() { return io_; }
    client_origin& origin() const { return place_.origin(); }

    std::string peer;         ///< as text, with its port
    std::size_t requests = 0; ///< sent over it
    net::ticks born;

private:
    void expired() override;

    client_pool& pool_;
    connection_place place_; ///< given back after the connection is closed
    client_connection io_;
};

class client_pool {
public:
    client_pool(net::home where, const client_config& c, client_counters& counted);
    ~client_pool();

    enum class outcome : unsigned char { connection, place, crowded, timed_out, cancelled };
    /// What acquire() found: one of the two.
    struct found {
        std::unique_ptr<pooled_connection> kept;
        std::optional<connection_place> place;
    };
    /// Waits for its turn where the limits say so. `fresh`: no kept one.
    net::task<outcome> acquire(const std::string& key, bool fresh, net::limited_wait& patience, found& into);
    /// Keeps it if it can be used again.
    void give_back(std::unique_ptr<pooled_connection> used);

    void drain();
    bool draining() const { return draining_; }
    std::size_t open() const { return open_; }
    std::size_t idle() const { return idle_count_; }

    const client_config& config() const { return config_; }
    client_counters& counters() { return counters_; }
    net::home home() const { return home_; }
    net::deadline_clock& clock() { return clock_; }
    net::resolver& resolver() { return resolver_; }
    net::buffer_pool& small() { return small_; }
    net::buffer_pool& large() { return large_; }

private:
    friend class connection_place;
    friend class pooled_connection;
    struct waiting_tag;
    struct waiter;

    bool serve(client_origin& origin, bool fresh, found& into);
    std::unique_ptr<pooled_connection> take_idle(client_origin& origin);
    std::unique_ptr<pooled_connection> unlist(pooled_connection& idle);
    bool close_one_idle(const client_origin* of);
    void released(client_origin& origin);
    void serve_waiting();
    client_origin& origin(const std::string& key);
    void forget_if_unused(client_origin& origin);

    const net::home home_;
    const client_config config_;
    client_counters& counters_;
    net::deadline_clock clock_;
    net::resolver resolver_;
    net::buffer_pool small_, large_;
    std::unordered_map<std::string, std::unique_ptr<client_origin>> origins_;
    intrusive_list<pooled_connection, idle_tag> idle_; ///< owned; who was used last stands last
    intrusive_list<waiter, waiting_tag> waiting_;
    std::size_t open_ = 0, idle_count_ = 0, waiting_count_ = 0;
    bool draining_ = false, serving_ = false;
};

} // namespace pier::http
