#include "pier/ops/service_manager.hpp"

#include "pier/ops/exit.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace pier::ops {

namespace {

template <class Number>
std::optional<Number> parse(const char* text)
{
    Number n = 0;
    const char* last = text ? text + std::strlen(text) : nullptr;
    auto [end, error] = std::from_chars(text, last, n);
    if (!text || error != std::errc{} || end != last)
        return std::nullopt;
    return n;
}

/// In one datagram with what else is said.
std::string with_status(std::string_view state, std::string_view status)
{
    return std::string(state).append("\nSTATUS=").append(status);
}

} // namespace

std::optional<std::vector<passed_descriptor>> parse_passed(const char* pid, const char* count,
                                                           const char* names, int own_pid)
{
    std::vector<passed_descriptor> result;
    if (!pid || !count)
        return result;
    auto for_whom = parse<int>(pid);
    auto how_many = parse<unsigned>(count);
    if (!for_whom || !how_many || *how_many > most_passed)
        return std::nullopt;
    if (*for_whom != own_pid)
        return result;
    std::string_view rest = names ? names : "";
    for (unsigned i = 0; i < *how_many; ++i) {
        std::string_view name = rest.substr(0, rest.find(':'));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        result.push_back({first_passed + static_cast<int>(i), std::string(name.empty() ? "unknown" : name)});
    }
    return result;
}

std::chrono::microseconds parse_watchdog(const char* period, const char* pid, int own_pid)
{
    auto microseconds = parse<std::uint32_t>(period); // over an hour nobody watches
    if (!microseconds || (pid && parse<int>(pid) != own_pid))
        return {};
    return std::chrono::microseconds(*microseconds);
}

std::optional<notify_address> parse_notify_socket(std::string_view text)
{
    notify_address result;
    sockaddr_un& to = result.address;
    if (text.size() < 2 || (text[0] != '/' && text[0] != '@') || text.find('\0') != text.npos)
        return std::nullopt;
    bool abstract = text[0] == '@';
    if (text.size() + (abstract ? 0 : 1) > sizeof to.sun_path)
        return std::nullopt;
    to.sun_family = AF_UNIX;
    text.copy(to.sun_path, text.size());
    if (abstract)
        to.sun_path[0] = '\0'; // and the name ends where the address does, unix(7)
    result.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size() + (abstract ? 0 : 1));
    return result;
}

std::shared_ptr<service_manager> service_manager::from_environment()
{
    auto made = std::make_shared<service_manager>();
    int self = ::getpid();
    auto passed = parse_passed(std::getenv("LISTEN_PID"), std::getenv("LISTEN_FDS"),
                               std::getenv("LISTEN_FDNAMES"), self);
    made->watchdog_ = parse_watchdog(std::getenv("WATCHDOG_USEC"), std::getenv("WATCHDOG_PID"), self);
    if (const char* where = std::getenv("NOTIFY_SOCKET"))
        if (auto address = parse_notify_socket(where)) {
            made->to_ = *address;
            made->socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
            timeval most{notify_patience.count(), 0};
            ::setsockopt(made->socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
        }
    for (const char* name :
         {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID", "NOTIFY_SOCKET"})
        ::unsetenv(name);
    if (!passed)
        throw fatal(exit_usage, "LISTEN_PID and LISTEN_FDS are set, but are not the numbers that a service "
                                "manager would pass");
    for (const passed_descriptor& p : *passed)
        ::fcntl(p.fd, F_SETFD, FD_CLOEXEC);
    made->passed_ = std::move(*passed);
    return made;
}

service_manager::~service_manager()
{
    for (const passed_descriptor& p : passed_)
        ::close(p.fd);
}

void service_manager::notify(std::string_view state) const
{
    if (!socket_)
        return;
    while (::sendto(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&to_.address), to_.size) < 0 &&
           errno == EINTR) {
    }
}

void service_manager::ready(std::string_view status) const
{
    notify(with_status("READY=1", status));
}

/// Type=notify-reload compares the time with that of its SIGHUP.
void service_manager::reloading() const
{
    timespec now;
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    std::int64_t microseconds = now.tv_sec * std::int64_t{1'000'000} + now.tv_nsec / 1000;
    notify("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void service_manager::stopping(std::string_view status) const
{
    notify(with_status("STOPPING=1", status));
}

} // namespace pier::ops
