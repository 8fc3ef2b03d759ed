#include "pier/get/load_connection.hpp"
#include "pier/get/load_worker.hpp"
#include "pier/net/connect.hpp"
#include "pier/net/tls_client.hpp"
#include "pier/net/tls_engine.hpp"
#include "pier/net/tls_handshake.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>

namespace pier::get {

net::task<> load_connection::open()
{
    moment begun = steady_now();
    failure_ = http::failure::none;
    expired_ = used_ = false;
    connecting_ = true;
    net::connecting attempt = home_.connect();
    if (attempt.error != 0 && attempt.error != EINPROGRESS)
        co_return cannot_connect(attempt.error);
    stream_.emplace(home_.context_, std::move(attempt.fd));
    limit(home_.target_.connect_timeout, http::failure::connect_timeout);
    // On loopback it is done by now. The first wait ends without cause, so it is asked each time.
    for (pollfd on{stream_->native_handle(), POLLOUT, 0}; attempt.error != 0 && ::poll(&on, 1, 0) == 0;) {
        auto [error] = co_await stream_->writable();
        (void)error;
        if (ended())
            co_return;
    }
    if (int error = net::connect_outcome(stream_->native_handle()); error != 0)
        co_return cannot_connect(error);
    if (home_.target_.tls)
        co_await secure();
    if (failure_ != http::failure::none)
        co_return;
    connecting_ = false;
    disarm();
    ++home_.tally_.opened;
    now_ = steady_now();
    home_.tally_.connect.record(now_ - begun);
}

net::task<> load_connection::secure()
{
    const http::url& to = home_.target_.origin();
    limited_ = http::failure::tls_timeout;
    stream_->start_tls(home_.target_.tls->open(to.host, to.port));
    bool secured = co_await net::tls_handshake(*stream_);
    if (!ended() && !secured)
        fail(http::failure::tls, net::explain_tls(*stream_->tls()));
}

void load_connection::cannot_connect(int error)
{
    auto to = home_.target_.address.to_string();
    if (error == ECONNREFUSED)
        fail(http::failure::refused, "nobody listens on " + to + " any more, or it is overrun");
    else if (error == EADDRNOTAVAIL)
        fail(http::failure::unreachable, "this machine has no local port left for connections to " + to +
                                             ": closed ones keep theirs for a minute");
    else if (error == EMFILE || error == ENFILE)
        fail(http::failure::unreachable, "this process may not open more descriptors: see `ulimit -n`");
    else
        fail(http::failure::unreachable, to + " cannot be reached: " + std::strerror(error));
}

} // namespace pier::get
