// A server process: shards, listeners, signals, and the two phases of stopping.
#pragma once

#include "pier/net/blocking_pool.hpp"
#include "pier/net/datagram.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/limits.hpp"
#include "pier/net/service.hpp"
#include "pier/net/source_guard.hpp"
#include "pier/ops/counters.hpp"
#include "pier/ops/privileges.hpp"
#include "pier/ops/reloadable.hpp"
#include "pier/ops/service_manager.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pier::net {

/// `spread`: a listening socket per shard (SO_REUSEPORT); the kernel deals by hash, best when connections
/// come fast. `deal`: one socket, connections dealt in turn; best for few long ones. Unix sockets are always
/// dealt.
enum class accept_mode { spread, deal };

inline constexpr unsigned max_threads = 1024;

struct runtime_config {
    unsigned threads = 0;                    ///< shards; 0: one per core
    std::size_t max_connections = 0;         ///< 0: what the descriptor limit allows, see descriptors.hpp
    std::chrono::milliseconds drain{10'000}; ///< how long a stopping server waits for answers under way
    std::chrono::milliseconds fresh_grace{1'000}; ///< and for the first byte of connections just made
    accept_mode accept = accept_mode::spread;
    blocking_pool_config pool;
    std::optional<ops::identity> user;             ///< whom the process becomes once all addresses are bound
    std::shared_ptr<ops::service_manager> manager; ///< who is told how things stand; none: nobody
    limits_config limits;

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// Of those `asked` for; 0: one per core.
unsigned count_of_threads(unsigned asked);

/// What listening for a service depends on.
struct service_traits {
    std::string scheme;             ///< in its `listening on` line
    bool peer_speaks_first = false; ///< true for HTTP, false for protocols that greet
    std::string name{};             ///< in reports; empty: the scheme. A second one of a name becomes NAME-2
    bool ends_last = false;         ///< see net::service
    int send_buffer = 0;            ///< see net::listen_options
    std::string secure_scheme{};    ///< at addresses that speak TLS; empty: `scheme`
};

/// The same for datagrams.
struct datagram_traits {
    std::string scheme;
    std::string name{};
    datagram_details details{};
    source_guard guard{}; ///< whom the service never sees; the process's own ports are added
};

struct served;

class runtime {
public:
    explicit runtime(runtime_config config);
    ~runtime();

    /// A service on these addresses; binds at once and throws ops::fatal when that fails, so that a
    /// privileged port can be opened before privileges are dropped. Returns where it is bound, ports chosen.
    std::vector<endpoint> add(const service_traits& traits, const std::vector<endpoint>& where,
                              stream_factory factory);
    /// Each shard has a socket of its own (SO_REUSEPORT), so that a peer's datagrams all come to one shard; a
    /// socket that was handed over is served by the first.
    std::vector<endpoint> add(const datagram_traits& traits, const std::vector<endpoint>& where,
                              datagram_factory factory);

    /// What SIGHUP reloads, on the main thread, while the shards run, in the order given. Under --user run()
    /// does so once before it serves, as the user that the process has become.
    void on_reload(std::shared_ptr<ops::reloadable> what);

    /// Called once, on the main thread, when all listen and the `listening on` lines are printed, before the
    /// service manager is told.
    void on_ready(std::function<void(std::span<const served>)> what);

    /// Shards.
    unsigned threads() const;

    /// Addresses really bound, in the order given.
    std::vector<endpoint> addresses() const;

    /// Serves until SIGTERM, SIGINT or stop(). Prints one `listening on URL` line for each address on
    /// standard output when all are ready. Returns the process's exit code. A second signal ends the process
    /// at once. SIGHUP reloads; when it says that the terminal is gone that the process was started from
    /// (without nohup), it ends the process as SIGTERM does.
    int run();

    /// From any thread: begins the drain.
    void stop();

private:
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace pier::net
