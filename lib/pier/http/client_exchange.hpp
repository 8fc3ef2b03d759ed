// One request and its answer: what the users of the client hold. Neither follows redirects nor judges the
// status: that is for who asks.
//
//     http::client_exchange x(client);
//     if (co_await x.begin(request))          // head() is there
//         while (...) { auto got = co_await x.read(buffer); ... }
//     else
//         say(x.error().sentence);
#pragma once

#include "pier/http/answer_head.hpp"
#include "pier/http/client_error.hpp"
#include "pier/http/fields.hpp"
#include "pier/http/handler.hpp"
#include "pier/http/url.hpp"
#include "pier/net/stream.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace pier::net {
class tls_client;
}

namespace pier::http {

class client;

struct client_request {
    http::url url;
    std::string method = "GET";
    /// Without Host (unless another than the URL's is meant), Connection and framing. Whoever makes fields
    /// of what he does not trust asks valid_field() first, see request_head.hpp.
    fields headers;
    std::shared_ptr<const std::string> body;    ///< none: no body
    body_source* source = nullptr;              ///< instead of `body`; such a request is never sent twice
    std::optional<std::uint64_t> source_length; ///< of `source`; unknown: chunked
    bool close = false;                         ///< the connection is not kept
    bool fresh = false;                         ///< nor is a kept one used
    std::optional<http::url> proxy;             ///< through whom; https through CONNECT
    std::shared_ptr<net::tls_client> tls;       ///< instead of the client's own
    /// The answer may be awaited longer than the client's own `head`; 0: it is that.
    std::chrono::milliseconds head_deadline{0};
};

/// How far from the begin each step ended; a step that did not happen took no time: of a kept connection,
/// `resolved`, `connected` and `secured` are those of `acquired`.
struct client_timings {
    using time = std::chrono::nanoseconds;
    time acquired{0};  ///< there was room for a connection
    time resolved{0};  ///< the name's addresses were known
    time connected{0}; ///< to the server, or to the proxy
    time secured{0};   ///< TLS was ready
    time sent{0};      ///< the request was written
    time first_byte{0};
    time head{0};  ///< the head was complete
    time total{0}; ///< so far, or until the end of the body
};

class client_exchange final : public body_source {
public:
    explicit client_exchange(http::client& by);
    /// Nothing of it may be awaited any more. Gives the connection back; closes it where the answer was not
    /// read to its end.
    ~client_exchange() override;

    /// Sends and waits for the final head. False: see error(). `what` lives until this completes. Once only.
    net::task<bool> begin(const client_request& what);
    const client_error& error() const;

    const answer_head& head() const;
    /// The body's length when it is known before it has come.
    std::optional<std::uint64_t> content_length() const;
    /// The next of the body, without chunks; waits until there is something. 0 bytes: it is complete, or
    /// failed, see error(). Data goes straight from the socket into a large `into`.
    net::task<body_read> read(std::span<char> into) override;
    /// Reads and drops at most `most` bytes, so that the connection can be kept. False: there is more, or an
    /// error.
    net::task<bool> skip_body(std::uint64_t most = 64 * 1024);
    /// All of the body was read.
    bool complete() const;

    /// Ends what begin() or read() wait for: they complete with `cancelled`. Of the same thread, at any time.
    void cancel();

    client_timings timings() const;
    /// Bytes of the body as they came over the connection.
    std::uint64_t bytes_received() const;
    bool reused() const;                  ///< over a kept connection
    std::string peer() const;             ///< "127.0.0.1:8080": whom we talked to; empty: nobody
    const std::string& sent_head() const; ///< the request's, as it was sent; credentials included
    /// After a 2xx to CONNECT, or a 101: the connection, and in `already` what came of it beyond the head.
    /// It is nobody's but the caller's from then on.
    std::unique_ptr<net::stream> take_stream(std::string& already);

private:
    friend class http::client;
    struct state;
    std::unique_ptr<state> state_;
};

} // namespace pier::http
