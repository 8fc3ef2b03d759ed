// A connection to a server or a proxy as its client uses it: what is written, what was read and not used.
// Waiting ends with the patience of whoever uses it.
#pragma once

#include "pier/http/answer_body.hpp"
#include "pier/http/answer_head.hpp"
#include "pier/http/client_error.hpp"
#include "pier/http/handler.hpp"
#include "pier/http/input_buffer.hpp"
#include "pier/net/limited_wait.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pier::http {

class client_connection {
public:
    using moment = std::chrono::steady_clock::time_point;
    /// How a step ended. `closed`: by the peer, in order or not, see error(). `answered`: the peer takes no
    /// more of the request and has said something already.
    enum class outcome : unsigned char { done, closed, timed_out, cancelled, malformed, answered };

    client_connection(net::asio::io_context& context, unique_fd fd, net::buffer_pool& small,
                      net::buffer_pool& large)
        : stream_(std::make_unique<net::stream>(context, std::move(fd))), in_(small, large)
    {
    }

    net::stream& stream() { return *stream_; }
    /// The system's error of the last step that ended as `closed`; none: an orderly end.
    const net::error_code& error() const { return error_; }

    /// Sends both; `progress` is how long the peer may take without taking a byte.
    net::task<outcome> send(std::string_view head, std::string_view body, net::limited_wait& patience,
                            std::chrono::milliseconds progress);
    /// Sends the head and what `from` gives: in chunks, or `*length` bytes in all. `malformed`: the source
    /// failed, or gave another number of bytes; the request cannot be completed.
    net::task<outcome> send(std::string_view head, body_source& from, std::optional<std::uint64_t> length,
                            net::limited_wait& patience, std::chrono::milliseconds progress);
    /// Reads until `head` is complete and takes it off what was read. `first_byte`: when it came, unless that
    /// is said already.
    net::task<outcome> read_head(answer_head& head, net::limited_wait& patience,
                                 std::optional<moment>& first_byte);
    /// Fills `into` with the next of `body`, as far as it is there; waits until something is. 0 bytes:
    /// complete, or the outcome says why not.
    net::task<outcome> read_body(answer_body& body, std::span<char> into, std::size_t& bytes,
                                 net::limited_wait& patience, std::chrono::milliseconds idle);

    /// What was read beyond the last answer. A connection with that is not to be used again.
    std::string_view unread() const { return in_.view(); }
    /// Gives its buffer back: it is not used for a while.
    void rest() { in_.release(); }
    /// Whether it can take another request: the peer has neither closed it nor said anything unasked.
    bool usable();
    std::unique_ptr<net::stream> take_stream() { return std::move(stream_); }

    /// Bytes that came over it.
    std::uint64_t bytes_received = 0;

private:
    net::task<outcome> wait(bool readable, net::limited_wait& patience);
    net::task<outcome> wait_to_send(net::limited_wait& patience, std::chrono::milliseconds progress);
    static std::size_t unpack(answer_body& body, std::span<char> raw, bool& broken, std::size_t& leftover);

    std::unique_ptr<net::stream> stream_;
    input_buffer in_;
    net::error_code error_;
};

} // namespace pier::http
