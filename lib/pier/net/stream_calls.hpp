// The system calls under a stream, as values. Private to it.
#pragma once

#include "pier/net/stream.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pier::net {

// recv() and send() are cancellation points: in a process with threads glibc puts two atomic operations
// around each call, which a short answer notices. Nobody cancels threads here.
inline ssize_t receive(int fd, std::span<char> into, int flags = 0)
{
    return ::syscall(SYS_recvfrom, fd, into.data(), into.size(), flags, nullptr, nullptr);
}

inline ssize_t transmit(int fd, const iovec& what, int flags)
{
    return ::syscall(SYS_sendto, fd, what.iov_base, what.iov_len, flags, nullptr, 0);
}

template <class Call>
io_result attempt(Call call)
{
    for (;;) {
        ssize_t n = call();
        if (n >= 0)
            return {static_cast<std::size_t>(n), {}};
        if (errno == EINTR)
            continue;
        int error = errno == EAGAIN ? EWOULDBLOCK : errno;
        return {0, error_code(error, boost::system::system_category())};
    }
}

} // namespace pier::net
