// What a server asks of whoever answers requests.
#pragma once

#include "pier/http/message.hpp"
#include "pier/net/types.hpp"

#include <cstddef>
#include <span>

namespace pier::http {

/// What a read of a body brought. Zero bytes without failure: the body is complete.
struct body_read {
    std::size_t bytes = 0;
    bool failed = false; ///< the peer left, was too slow, or broke the framing: there will be no more
};

/// A body that arrives piece by piece: a request's, or one that a handler makes.
class body_source {
public:
    virtual ~body_source() = default;
    /// Waits until there is something, puts at most `into.size()` bytes there. Without room nothing is read.
    virtual net::task<body_read> read(std::span<char> into) = 0;

    /// A response's source whose parts others hold too gives them by next_part(), not by read(): nothing is
    /// copied, and while it waits, for whatever it likes, its connection holds no buffers. What it wants to
    /// know of the request it keeps itself: the request's views are gone before the first part.
    virtual bool gives_parts() const { return false; }
    /// Waits until there is something. An empty part: the body is complete.
    virtual net::task<piece> next_part();
};

/// A function from request to response. One object per shard.
class handler {
public:
    virtual ~handler() = default;

    /// Whether the request's body means anything. If not, it is read and thrown away before the request is
    /// answered, so that a broken one is refused.
    virtual bool reads_body(const request&) const { return true; }

    /// Answers without waiting for anything, or declines by returning false with `out` untouched.
    virtual bool answer_now(const request&, response&) { return false; }

    /// Answers what answer_now declined. For a HEAD request the body is described as for GET; it is not sent.
    virtual net::task<> answer(const request&, response&) = 0;

    virtual void tick() {}
};

} // namespace pier::http
