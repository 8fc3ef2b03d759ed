#include "pier/net/bind.hpp"

#include "pier/base/unique_fd.hpp"
#include "pier/ops/exit.hpp"

#include <cerrno>
#include <cstring>
#include <string>

namespace pier::net {

namespace {

std::string_view advice(int error)
{
    if (error == EADDRINUSE)
        return "; is it running already? --listen, --port and --admin choose addresses";
    if (error == EACCES)
        return "; low ports take root, who hands over to --user, or a service manager's socket";
    if (error == EADDRNOTAVAIL)
        return "; it is no address of this machine";
    return "";
}

} // namespace

void fail_to_listen(const endpoint& where, const char* what)
{
    int error = errno;
    throw ops::fatal(ops::exit_unavailable, std::string(what) + " " + where.to_string() + ": " +
                                                std::strerror(error) + std::string(advice(error)));
}

bool set_option(int fd, int level, int option, int value)
{
    return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

void refuse_if_taken(const endpoint& where, int type)
{
    unique_fd probe(::socket(where.family(), type | SOCK_CLOEXEC, 0));
    if (type == SOCK_STREAM)
        set_option(probe.get(), SOL_SOCKET, SO_REUSEADDR);
    if (::bind(probe.get(), where.data(), where.size()) != 0 ||
        (type == SOCK_STREAM && ::listen(probe.get(), 1) != 0))
        fail_to_listen(where);
}

endpoint bound_address(int fd)
{
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return endpoint::from(address);
}

} // namespace pier::net
