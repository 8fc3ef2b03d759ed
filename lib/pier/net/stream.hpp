// A connected byte stream: TCP or unix socket, with or without TLS over it. One concrete type, no templates
// above it. Reads and writes are tried at once and never block; waiting is a separate, explicit step. Every
// byte that Pier exchanges with a peer passes read_some, write_some or send_file: the tap attaches there.
//
// From start_tls() on all of them mean plaintext. Before it, and for who never calls it, TLS is a null
// pointer.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/readiness.hpp"
#include "pier/net/tls_types.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/uio.h>

namespace pier::net {

/// What a try brought: bytes moved, or an error. Zero bytes without an error is the peer's end of stream when
/// reading, and never happens when writing.
struct io_result {
    std::size_t bytes = 0;
    error_code error;

    bool would_block() const { return error == boost::system::errc::operation_would_block; }
    bool failed() const { return error && !would_block(); }
};

class tls_engine;
struct tls_engine_deleter {
    void operator()(tls_engine* engine) const noexcept;
};

class stream {
public:
    /// `fd` is non-blocking already (accept4, or socket with SOCK_NONBLOCK).
    stream(asio::io_context& context, unique_fd fd) : ready_(context), fd_(std::move(fd)) {}
    ~stream() { close(); }

    io_result read_some(std::span<char> into);
    /// Reads and leaves it there. Whoever peeks takes it soon: peeking alone empties no socket.
    io_result peek_some(std::span<char> into);
    /// After would_block the same bytes come again, if perhaps fewer or more of them.
    io_result write_some(std::span<const iovec> pieces, bool more_follows = false);
    /// At most `count` bytes of `file` from `offset`, copied by the kernel. Zero bytes mean that the file is
    /// shorter than it was: an error for whoever promised its length.
    io_result send_file(int file, std::uint64_t offset, std::size_t count);

    /// False after a read that emptied the socket: the next bytes announce themselves by an edge.
    bool may_have_input() const { return may_have_input_ || (tls_ && tls_has_input()); }
    /// Makes the next read try, edge or not.
    void expect_input() { may_have_input_ = true; }

    auto readable()
    {
        may_have_input_ = true; // by the time anybody looks
        return ready_.wait(fd_.get(), readiness::read, nothrow);
    }
    auto writable() { return ready_.wait(fd_.get(), readiness::write, nothrow); }

    /// A short read that also swallowed the edge of the peer's FIN leaves no edge to come (epoll tells of
    /// both at once). Whoever has been idle for a moment asks once: true when the peer has closed its side.
    bool peer_has_finished() const;

    /// Of what is sent and received from now on; `ssl` is to accept or to connect. handshake() comes next.
    void start_tls(ssl_ptr ssl);
    /// One try. Done: it may have brought input, as may_have_input() tells.
    tls_step handshake();
    /// After a handshake with a peer that turned out to speak without TLS: back to bare bytes.
    void stop_tls() { tls_.reset(); }
    /// Null: no TLS.
    const tls_engine* tls() const { return tls_.get(); }
    /// After the end of the stream: whether the peer meant it (close_notify), or somebody cut it off. Without
    /// TLS nobody can tell.
    bool ended_cleanly() const;

    /// Whether an end of ours right now could cut off what is still on its way: the peer may yet send
    /// close_notify, and a closed socket answers bytes with a reset. Who closes lingers first (linger.hpp).
    bool may_be_cut_off() const;

    void cancel() { ready_.cancel(); }
    void resume() { ready_.resume(); }

    void shutdown_send();
    /// Both directions, at once: whoever waits or writes finds out.
    void shutdown();
    /// The peer sees a reset instead of an orderly end. Takes effect at close().
    void reset_on_close();
    void close();
    int native_handle() const { return fd_.get(); }

private:
    bool tls_has_input() const;
    io_result read_tls(std::span<char> into);
    io_result peek_tls(std::span<char> into);
    io_result write_tls(std::span<const iovec> pieces, bool more_follows);
    io_result send_file_tls(int file, std::uint64_t offset, std::size_t count);
    io_result receive_tls(std::size_t wanted);
    io_result flush_tls(bool more_follows = false);
    io_result outcome_of_read(const tls_input& read);
    io_result outcome_of_write(std::size_t most, bool more_follows);

    [[no_unique_address]] readiness ready_; // what follows fills its tail: there are many streams
    unique_fd fd_;
    bool may_have_input_ = true;
    std::unique_ptr<tls_engine, tls_engine_deleter> tls_;
};

} // namespace pier::net
