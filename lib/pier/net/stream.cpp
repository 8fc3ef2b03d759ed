#include "pier/net/stream.hpp"

#include "pier/net/stream_calls.hpp"
#include "pier/net/tls_engine.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

namespace pier::net {

io_result stream::read_some(std::span<char> into)
{
    if (tls_) [[unlikely]]
        return read_tls(into);
    auto result = attempt([&] { return receive(fd_.get(), into); });
    // End of stream stays readable for ever, so it counts as input: whoever asks again is told again.
    may_have_input_ = !result.would_block() && (result.bytes == into.size() || result.bytes == 0);
    return result;
}

io_result stream::peek_some(std::span<char> into)
{
    if (tls_)
        return peek_tls(into);
    return attempt([&] { return receive(fd_.get(), into, MSG_PEEK); });
}

io_result stream::write_some(std::span<const iovec> pieces, bool more_follows)
{
    if (tls_) [[unlikely]]
        return write_tls(pieces, more_follows);
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
    if (tls_) [[unlikely]]
        return send_file_tls(file, offset, count);
    off_t at = static_cast<off_t>(offset);
    return attempt([&] { return ::sendfile(fd_.get(), file, &at, count); });
}

bool stream::peer_has_finished() const
{
    if (tls_ && tls_->has_ended())
        return true;
    char byte;
    return ::recv(fd_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool stream::may_be_cut_off() const
{
    int unacknowledged = 0;
    return tls_ && !tls_->has_ended() && ::ioctl(fd_.get(), SIOCOUTQ, &unacknowledged) == 0 &&
           unacknowledged > 0;
}

void stream::shutdown_send()
{
    if (tls_) {
        tls_->close_output();
        flush_tls();
    }
    ::shutdown(fd_.get(), SHUT_WR);
}

void stream::shutdown()
{
    if (tls_)
        tls_->break_off();
    ::shutdown(fd_.get(), SHUT_RDWR);
    ready_.cancel();
}

void stream::reset_on_close()
{
    if (tls_)
        tls_->break_off();
    linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void stream::close()
{
    if (!fd_)
        return;
    if (tls_) {
        tls_->close_output();
        flush_tls();
    }
    ready_.release(fd_.get());
    fd_.reset();
}

} // namespace pier::net
