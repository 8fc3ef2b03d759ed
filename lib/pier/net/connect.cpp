#include "pier/net/connect.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace pier::net {

connecting begin_connect(const endpoint& to, int type, const std::optional<endpoint>& from)
{
    connecting result{unique_fd(::socket(to.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0))};
    int fd = result.fd.get();
    if (type == SOCK_STREAM && !to.is_unix()) {
        int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    if (!result.fd || (from && ::bind(fd, from->data(), from->size()) != 0) ||
        ::connect(fd, to.data(), to.size()) != 0)
        result.error = errno;
    return result;
}

int connect_outcome(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

connected connect_to_one_of(std::span<const endpoint> addresses, std::chrono::milliseconds each,
                            const interrupt& ctrl_c)
{
    connected result;
    result.error = EADDRNOTAVAIL;
    bool refused = false;
    for (const endpoint& to : addresses) {
        connecting attempt = begin_connect(to, SOCK_STREAM);
        if (attempt.error == EINPROGRESS) {
            pollfd on{attempt.fd.get(), POLLOUT, 0};
            auto waited = ctrl_c.wait({&on, 1}, each);
            if (waited == interrupt::outcome::interrupted)
                return {{}, to, EINTR};
            attempt.error =
                waited == interrupt::outcome::timed_out ? ETIMEDOUT : connect_outcome(attempt.fd.get());
        }
        if (attempt.error == 0)
            return {std::move(attempt.fd), to, 0};
        if (!refused) {
            result.to = to;
            result.error = attempt.error;
        }
        refused = refused || attempt.error == ECONNREFUSED;
    }
    return result;
}

} // namespace pier::net
