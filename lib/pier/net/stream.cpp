#include "pier/net/stream.hpp"

#include <cerrno>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pier::net {

namespace {

// recv() and send() are cancellation points: in a process with threads glibc puts two atomic operations
// around each call, which a short answer notices. Nobody cancels threads here.
ssize_t receive(int fd, std::span<char> into, int flags = 0)
{
    return ::syscall(SYS_recvfrom, fd, into.data(), into.size(), flags, nullptr, nullptr);
}

ssize_t transmit(int fd, const iovec& what, int flags)
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

} // namespace

io_result stream::read_some(std::span<char> into)
{
    auto result = attempt([&] { return receive(fd_.get(), into); });
    // End of stream stays readable for ever, so it counts as input: whoever asks again is told again.
    may_have_input_ = !result.would_block() && (result.bytes == into.size() || result.bytes == 0);
    return result;
}

io_result stream::peek_some(std::span<char> into)
{
    return attempt([&] { return receive(fd_.get(), into, MSG_PEEK); });
}

io_result stream::write_some(std::span<const iovec> pieces, bool more_follows)
{
    int flags = MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
    if (pieces.size() == 1)
        return attempt([&] { return transmit(fd_.get(), pieces[0], flags); });
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    return attempt([&] { return ::sendmsg(fd_.get(), &message, flags); });
}

io_result stream::send_file(int file, std::uint64_t offset, std::size_t count)
{
    off_t at = static_cast<off_t>(offset);
    return attempt([&] { return ::sendfile(fd_.get(), file, &at, count); });
}

bool stream::peer_has_finished() const
{
    char byte;
    return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void stream::shutdown_send()
{
    ::shutdown(fd_.get(), SHUT_WR);
}

void stream::shutdown()
{
    ::shutdown(fd_.get(), SHUT_RDWR);
    ready_.cancel();
}

void stream::reset_on_close()
{
    linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void stream::close()
{
    if (!fd_)
        return;
    ready_.release(fd_.get());
    fd_.reset();
}

} // namespace pier::net
