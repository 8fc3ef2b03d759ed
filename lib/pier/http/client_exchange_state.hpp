// What an exchange keeps, for the files that make it up.
#pragma once

#include "pier/http/client.hpp"
#include "pier/http/client_opening.hpp"

namespace pier::http {

struct client_exchange::state : client_steps {
    using outcome = client_connection::outcome;

    explicit state(http::client& c)
        : client_steps(c.pool().clock()), pool(c.pool()), config(c.config()), head(c.config().head)
    {
    }
    ~state() { let_go(); }

    // client_attempt.cpp: one try. False: `error` says why.
    bool prepare(const client_request& what);
    net::task<bool> acquire(bool fresh);
    net::task<bool> attempt(const client_request& what);
    net::task<outcome> send(const client_request& what);
    net::task<bool> read_head(const client_request& what);
    bool may_repeat(const client_request& what) const;

    // client_failures.cpp: all return false.
    bool fail_send(outcome how);
    bool fail_head(outcome how);
    bool fail_body(outcome how);
    bool failed(failure kind, std::string sentence)
    {
        fail(kind, std::move(sentence));
        return false;
    }

    // client_exchange.cpp
    /// Closes the connection unless the answer was read to its end.
    void let_go();
    void complete();

    client_pool& pool;
    const client_config& config;
    client_route route;
    std::unique_ptr<pooled_connection> connection;
    std::string sent_head;
    http::method method = method::get;
    answer_head head;
    answer_framing framing;
    answer_body body;
    bool reused = false, close = false, whole = false;
    std::optional<client_connection::moment> first_byte;
    std::string peer;
    std::uint64_t received_before = 0, received = 0;
    std::chrono::milliseconds head_deadline{0};
};

} // namespace pier::http
