// The handshake as coroutines: of a server with whoever connects, of a client with the server it reached.
#pragma once

#include "pier/net/stream.hpp"
#include "pier/net/types.hpp"

namespace pier::net {

class session;
class tls_server;

/// After start_tls(). False: it failed, see stream::tls()->failure(), or waiting was cancelled. Whoever sets
/// a deadline cancels by it.
task<bool> tls_handshake(stream& with);

/// A server's: takes its turn among the shard's others, so that who is connected already is served between
/// them. Answers, by the service's own words, who speaks without TLS. False: it is over.
task<bool> tls_accept(session& peer, const tls_server& by);

} // namespace pier::net
