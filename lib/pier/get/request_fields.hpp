// The fields of a request that pier-get sends, of -H and its own. No I/O.
#pragma once

#include "pier/get/config.hpp"
#include "pier/http/fields.hpp"
#include "pier/http/url.hpp"

namespace pier::get {

/// Without Connection and framing, and without Host unless -H says another one.
http::fields request_fields(const request_config& r, const http::url& to);

} // namespace pier::get
