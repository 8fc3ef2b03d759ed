// What is on its way to the peer: heads and small bodies as text, then pieces of memory and files, in order.
// Pushes as much as the socket takes and says what it waits for; the waiting is the connection's.
#pragma once

#include "pier/http/message.hpp"
#include "pier/net/stream.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace pier::http {

class sender {
public:
    enum class outcome {
        done,    ///< nothing is left
        blocked, ///< the socket is full
        turn,    ///< more could go, but others want their turn
        held,    ///< nothing may go now: a limit of how fast
        cold,    ///< the next bytes of a file are not in memory: reading them might block
        failed,  ///< the peer is gone, or a file is shorter than promised
    };

    /// Bodies up to this size are copied behind their head: one buffer, one send.
    static constexpr std::size_t inline_limit = 8 * 1024;
    /// So many bytes a turn and connection.
    static constexpr std::size_t turn_limit = 2 << 20;
    /// So much of a cold file is read at a time.
    static constexpr std::size_t cold_read = 64 * 1024;

    std::string& text() { return text_; }
    /// Copies a small body behind its head. False: it is not small, or in a file (which sendfile does not
    /// copy).
    bool append(const piece& p);
    /// Takes the pieces over; they follow the text. Only when no pieces are pending.
    void add(std::vector<piece>& pieces);
    bool empty() const { return text_sent_ == text_.size() && next_ == pieces_.size(); }
    bool has_pieces() const { return next_ < pieces_.size(); }
    std::size_t text_size() const { return text_.size() - text_sent_; }

    /// `now` in milliseconds of a monotonic clock. `closing`: the caller ends the connection right after, so
    /// the last bytes wait to leave in one packet with the FIN.
    /// At most `most` bytes leave: then it is somebody else's turn.
    outcome push(net::stream& to, std::int64_t now, bool closing = false, std::size_t most = turn_limit);

    /// After `cold`: what to read, and the bytes that were read of it.
    const piece& cold_piece() const { return pieces_[next_]; }
    void warmed(std::shared_ptr<const void> owner, std::string_view bytes);

    /// Bytes of pieces handed to the kernel since the last call; and all bytes.
    std::uint64_t take_body_count() { return std::exchange(body_sent_, 0); }
    std::uint64_t take_total_count() { return std::exchange(total_sent_, 0); }
    std::uint64_t total_count() const { return total_sent_; }

    /// Forgets what was not sent.
    void drop();
    /// Forgets everything and keeps its memory.
    void clear();

private:
    std::size_t gather(iovec* into, bool& file_follows) const;
    void advance(std::size_t bytes);
    void advance_pieces(std::size_t bytes);
    static std::size_t warm_bytes(const piece& p, std::size_t allowed, std::int64_t now);

    static constexpr std::size_t max_gather = 16;

    std::string text_;
    std::size_t text_sent_ = 0;
    std::vector<piece> pieces_;
    std::size_t next_ = 0;
    std::uint64_t body_sent_ = 0;
    std::uint64_t total_sent_ = 0;
};

} // namespace pier::http
