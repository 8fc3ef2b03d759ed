// The answer to a request for a file: negotiation, conditions, ranges, in the order of RFC 9110 13.2.2. No
// I/O.
#pragma once

#include "pier/files/resource.hpp"
#include "pier/http/message.hpp"

#include <cstdint>

namespace pier::files {

/// `what` is a file. Its memory and descriptors are shared with the response.
void respond(const http::request& in, const std::shared_ptr<resource>& what, const config& options,
             std::int64_t now, http::response& out);

} // namespace pier::files
