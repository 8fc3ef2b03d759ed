// The options that every server has: where it listens, with how many threads, how it stops.
#pragma once

#include "pier/net/listen_address.hpp"
#include "pier/net/runtime.hpp"
#include "pier/net/tls_options.hpp"
#include "pier/ops/options.hpp"
#include "pier/ops/service_manager.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pier::net {

/// Adds what an option names to the list: an empty string, or what is wrong with it.
std::string add_block(cidr_list& to, const std::string& value);

/// What a server serves: which options it has, and how they are worded.
enum class server_kind : unsigned { stream = 1, datagram = 2, stream_and_datagram = 3, http = 5, all = 7 };

/// Where to listen, by what is exchanged there.
struct listening {
    std::vector<endpoint> streams, datagrams;
    /// Of those that were given as one address, the places in both.
    std::vector<std::pair<std::size_t, std::size_t>> shared{};
};

class server_options {
public:
    /// Reads what a service manager has put into the environment.
    explicit server_options(std::uint16_t default_port, server_kind kind = server_kind::http);

    /// Both of the following.
    void declare(ops::options& table);
    /// What each service has for itself.
    void declare_listening(ops::options& table);
    /// What the process has once, whatever it serves.
    void declare_running(ops::options& table);

    /// After parsing: where to listen, `--lan` and `-p` resolved; without any of them the sockets that
    /// the service manager has passed, if it has. Throws ops::fatal when they contradict each other.
    listening listen_all() const;
    /// The same for a server that has but one kind of addresses.
    std::vector<endpoint> listen() const;
    /// What those who connect by TLS are shown; null: there is none.
    const std::shared_ptr<tls_server>& tls() const { return tls_.server(); }
    tls_options& tls_settings() { return tls_; }
    /// Else it serves datagrams alone, and has no options of TLS.
    bool has_streams() const { return has(server_kind::stream); }
    /// --lan: for services beside it that follow.
    bool lan() const { return lan_; }
    /// Throws ops::fatal when a user is named who does not exist.
    runtime_config runtime() const;

private:
    void declare_user(ops::options& table);
    void declare_log(ops::options& table);
    void declare_limits(ops::options& table);
    void declare_connection_limit(ops::options& table);
    void declare_request_limit(ops::options& table);
    void declare_datagram_limit(ops::options& table);
    std::string listen_help() const;
    std::string listen_fault() const;
    std::string contradiction() const;
    std::string wrong_group() const;
    bool uses_passed_sockets() const;
    unsigned threads() const;
    std::vector<listen_address> named() const;
    runtime_config config() const;

    bool has(server_kind part) const
    {
        return (static_cast<unsigned>(kind_) & static_cast<unsigned>(part)) == static_cast<unsigned>(part);
    }
    bool has_datagrams() const { return has(server_kind::datagram); }
    bool has_http() const { return has(server_kind::http); }
    const listen_schemes& schemes() const;
    bool is_secure(const listen_address& address) const;
    void load_certificates();
    listening adopt_passed() const;

    std::uint16_t default_port_;
    server_kind kind_;
    std::vector<listen_address> listen_;
    std::uint16_t port_ = 0;
    bool port_given_ = false;
    bool lan_ = false;
    std::uint64_t threads_ = 0;
    std::uint64_t max_connections_ = 0;
    std::string log_level_ = "info", log_format_ = "text";
    std::string user_, group_, limit_requests_, limit_datagrams_;
    std::shared_ptr<ops::service_manager> manager_ = ops::service_manager::from_environment();
    runtime_config runtime_;
    tls_options tls_;
};

} // namespace pier::net
