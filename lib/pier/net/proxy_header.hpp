// Reading the PROXY protocol's header from a connection, and not a byte beyond it.
#pragma once

#include "pier/net/session.hpp"
#include "pier/net/types.hpp"

namespace pier::net {

/// Takes the header and makes the client's address the session's. False: there was none, or it did not come
/// whole. The caller has armed a deadline.
task<bool> read_proxy_header(session& from);

} // namespace pier::net
