// One end of a TLS connection without its socket: ciphertext in, ciphertext out. net::stream moves the bytes.
//
// OpenSSL reads and writes by a BIO of our own that stands over memory: what the shard received in one piece,
// and what is to leave in one piece. Both lie in memory of the thread's; an idle connection keeps neither.
// What has to be kept, half-sent records and records nobody had room for, is in strings that are empty else.
#pragma once

#include "pier/net/tls_failure.hpp"
#include "pier/net/tls_types.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <sys/uio.h>

namespace pier::net {

class tls_engine {
public:
    /// `ssl` is to accept or to connect, as it has been told; it has no BIO yet.
    explicit tls_engine(ssl_ptr ssl);
    ~tls_engine();
    tls_engine(const tls_engine&) = delete;
    tls_engine& operator=(const tls_engine&) = delete;

    /// Plaintext that one call encrypts at most: so many full records leave in one send.
    static constexpr std::size_t batch = 4 * 16 * 1024;
    /// Received at a time: a full record comes whole.
    static constexpr std::size_t receive_size = 17 * 1024;
    /// Ciphertext that the peer may make us owe it by handshake messages alone, unread by it: then it ends.
    static constexpr std::size_t unsent_limit = 64 * 1024;

    /// This thread's memory to receive into and to read files into. One use at a time.
    static std::span<char> receive_space(std::size_t wanted);
    static std::span<char> plain_space();

    /// Ciphertext that came from the peer, in memory that lasts until keep().
    void feed(std::string_view ciphertext);
    /// What is not used up moves into memory of our own. After this the memory that was fed may go.
    void keep();
    /// The peer's FIN, or an error of the socket's: nothing more will come.
    void end_input(int error = 0);

    /// done, wants_read or failed. output() goes to the peer in any case.
    tls_step handshake();
    bool established() const { return established_; }

    /// Decrypts what is at hand. Data that came before the end or a failure comes first.
    tls_input read(std::span<char> into);
    /// The same and leaves it there.
    tls_input peek(std::span<char> into);
    /// Whether read() has something to go on with.
    bool has_input() const;
    bool has_ended() const { return ended_; }
    /// By close_notify, not by a mere FIN that anybody on the way could have sent.
    bool ended_cleanly() const { return clean_; }

    /// Encrypts the first of these bytes, at most a batch, behind what is unsent of handshake messages; false
    /// when the connection has failed. Only when owes() is none.
    bool write(std::span<const iovec> pieces);
    /// Plaintext whose ciphertext has not all left.
    std::size_t owes() const { return owed_; }
    /// Plaintext that left and was not reported yet: at most `most` of it.
    std::size_t take_written(std::size_t most);
    bool has_written() const { return written_ > 0; }

    /// What is to go to the peer, in memory that lasts until sent().
    std::string_view output() const;
    /// Whether it can leave with what is written next: TLS 1.3's tickets, when a request is here already.
    bool output_can_wait() const;
    /// The kernel took so much of it; the rest is kept.
    void sent(std::size_t bytes);

    /// close_notify: nothing more is written. The peer may go on.
    void close_output();
    /// No close_notify: the end is to be seen as broken off.
    void break_off() { quiet_ = true; }

    const tls_failure& failure() const { return failure_; }
    tls_facts facts() const;
    SSL* ssl() const { return ssl_.get(); }

private:
    struct bio; // the two calls that OpenSSL makes

    bool take_error(int result);
    bool looks_plain() const;

    ssl_ptr ssl_;
    std::string_view fed_; ///< what is at hand; of kept_ when that is not empty
    std::string kept_;     ///< undecoded, undelivered
    std::string unsent_;   ///< what the kernel did not take, from unsent_at_ on
    std::size_t unsent_at_ = 0;
    std::size_t owed_ = 0;    ///< plaintext in it, or in what is about to be sent
    std::size_t written_ = 0; ///< plaintext that left, not reported
    tls_failure failure_;
    bool established_ = false, server_, started_ = false;
    bool ended_ = false, clean_ = false, quiet_ = false;
};

} // namespace pier::net
