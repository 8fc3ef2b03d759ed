// The service manager's side of a daemon's life: sockets that it hands over, and what it is told. systemd's
// protocols, sd_listen_fds(3) and sd_notify(3), which others speak as well.
//
// Our own: both are a few environment variables and datagrams of a few bytes; libsystemd would bring its
// dependencies into every small daemon for that.
#pragma once

#include "pier/base/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/un.h>
#include <utility>
#include <vector>

namespace pier::ops {

/// A descriptor that stands open when the program starts, and the name that its unit gives it.
struct passed_descriptor {
    int fd;
    std::string name; ///< "unknown" where the manager names none
};

inline constexpr int first_passed = 3;
inline constexpr unsigned most_passed = 1024;
/// How long one that does not read what it is told may hold us up.
inline constexpr std::chrono::seconds notify_patience{1};

/// LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, each nullptr when it is not set. None when they are meant for
/// another process; nothing at all when they make no sense.
std::optional<std::vector<passed_descriptor>> parse_passed(const char* pid, const char* count,
                                                           const char* names, int own_pid);

/// WATCHDOG_USEC and WATCHDOG_PID. 0: nobody watches.
std::chrono::microseconds parse_watchdog(const char* period, const char* pid, int own_pid);

struct notify_address {
    sockaddr_un address{};
    socklen_t size = 0;
};

/// NOTIFY_SOCKET: an absolute path, or a name in the abstract namespace after an `@`.
std::optional<notify_address> parse_notify_socket(std::string_view text);

class service_manager {
public:
    /// Reads the environment and removes from it what was meant for this process alone. Before any thread is
    /// started. Throws fatal when the passed descriptors make no sense.
    static std::shared_ptr<service_manager> from_environment();

    /// The sockets handed over and not claimed yet; those that are never claimed are closed at the end.
    const std::vector<passed_descriptor>& passed() const { return passed_; }
    /// They belong to the caller now.
    std::vector<passed_descriptor> claim() { return std::exchange(passed_, {}); }

    /// How long the manager waits for a sign of life; 0: it does not wait.
    std::chrono::microseconds watchdog() const { return watchdog_; }

    /// `VARIABLE=VALUE` lines. Waits for a manager that is busy, as a READY=1 that gets lost ends in a start
    /// that fails; but not for one that hangs.
    void notify(std::string_view state) const;
    void ready(std::string_view status) const;
    void reloading() const;
    void stopping(std::string_view status) const;

    service_manager() = default;
    service_manager(const service_manager&) = delete;
    service_manager& operator=(const service_manager&) = delete;
    ~service_manager();

private:
    std::vector<passed_descriptor> passed_;
    std::chrono::microseconds watchdog_{0};
    notify_address to_;
    unique_fd socket_; ///< none when nobody listens
};

} // namespace pier::ops
