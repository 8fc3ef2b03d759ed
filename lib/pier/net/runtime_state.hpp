// What a runtime is made of. Private to it: runtime.cpp runs, runtime_listen.cpp listens, runtime_end.cpp
// waits for signals and ends.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/datagram_port.hpp"
#include "pier/net/listener.hpp"
#include "pier/net/reload_watch.hpp"
#include "pier/net/runtime.hpp"
#include "pier/net/shard.hpp"
#include "pier/net/watchdog.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/signal_set.hpp>

#include <latch>
#include <list>
#include <thread>

namespace pier::net {

/// One address of one service, and the sockets that listen on it.
struct opening {
    std::string url;
    endpoint bound;
    socket_file file;                                ///< of a unix socket
    bool inherited = false;                          ///< its queue outlives this process
    std::size_t service = 0;                         ///< index into every shard's services
    std::shared_ptr<tls_server> tls;                 ///< none: connections are plain
    std::vector<unique_fd> sockets;                  ///< one per shard, or a single one to deal from
    std::optional<datagram_port_config> datagrams{}; ///< none: connections
};

/// Who started this from a terminal wants it to end with that, unless nohup said otherwise.
bool ends_with_terminal();

struct runtime::state {
    explicit state(const runtime_config& c);

    using service_maker = std::function<std::unique_ptr<service>(shard&)>;

    std::size_t add(const std::string& name, bool ends_last, service_maker make);
    endpoint open(const service_traits& traits, const endpoint& where, std::size_t service);
    endpoint open(const datagram_traits& traits, const endpoint& where, std::size_t service);
    endpoint keep(opening o, const std::string& scheme);
    std::string unused_name(const std::string& wanted) const;
    void change_user();
    void await_signal();
    void reload();
    void begin_drain();
    void give_up_after(std::chrono::milliseconds grace);
    [[noreturn]] void leave_behind();
    std::vector<std::thread> start_shards(std::latch& ready);
    void run_shard(shard& self, std::latch& ready);
    void listen(shard& self);
    void accept_on(opening& o, shard& self);
    void receive_on(opening& o, shard& self);
    void shard_ended();
    void log_summary() const;

    runtime_config config;
    std::shared_ptr<ops::service_manager> manager; ///< one to whom nobody listens, if need be
    std::vector<std::shared_ptr<ops::reloadable>> reloadables;
    std::function<void(std::span<const served>)> when_ready;
    asio::io_context control{1}; ///< the main thread's: signals and the drain's clock
    std::list<opening> openings;
    std::vector<service_maker> factories;
    std::vector<std::vector<service*>> services; ///< by shard, then by service
    // The pool joins its threads before the shards that they complete on are gone.
    std::vector<std::unique_ptr<shard>> shards;
    blocking_pool pool;
    process whole;
    const bool bound_to_terminal = ends_with_terminal();
    asio::signal_set signals;
    timer drain_timer{control};
    watchdog life{control, *manager, shards};
    reload_watch changes{control, pool, reloadables};
    asio::executor_work_guard<executor> until_last_shard{control.get_executor()};
    unsigned running = 0;      ///< shards
    bool start_failed = false; ///< set before the shards' latch opens
};

} // namespace pier::net
