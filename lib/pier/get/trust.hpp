// Whom pier-get believes over TLS, in both of its modes.
#pragma once

#include "pier/get/config.hpp"

#include <memory>

namespace pier::net {
class tls_client;
}

namespace pier::get {

/// Throws ops::fatal for a pin that is none, or a file that cannot be read.
std::shared_ptr<net::tls_client> make_tls_client(const request_config& r);

} // namespace pier::get
