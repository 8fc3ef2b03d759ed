// Making a connection: name, address, perhaps a proxy's tunnel, perhaps TLS.
#pragma once

#include "pier/http/client_exchange.hpp"
#include "pier/http/client_pool.hpp"

namespace pier::http {

/// Of one exchange: what its steps need and what they leave behind.
struct client_steps {
    explicit client_steps(net::deadline_clock& clock) : patience(clock) {}

    net::limited_wait patience;
    client_error error;
    client_timings times;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

    void mark(client_timings::time& step) { step = std::chrono::steady_clock::now() - began; }
    /// Notes why it failed, or that it was cancelled. Null, for who returns it.
    std::nullptr_t fail(failure kind, std::string sentence);
};

/// In `place`, which is given back when it fails. Null: see steps.error.
net::task<std::unique_ptr<pooled_connection>> open_connection(client_pool& pool, const client_route& to,
                                                              connection_place& place, client_steps& steps);

} // namespace pier::http
