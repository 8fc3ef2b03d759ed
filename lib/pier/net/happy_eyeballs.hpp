// Connecting to the address of a host that answers first (RFC 8305): one attempt after the other, a quarter
// of a second apart or as soon as one has failed; the others are closed when one has succeeded.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/limited_wait.hpp"

#include <vector>

namespace pier::net {

/// More addresses of one host are not tried.
inline constexpr std::size_t most_addresses = 16;

struct dialled {
    unique_fd fd;  ///< non-blocking; none: see `error`
    endpoint to;   ///< who took it; else whom the error is about
    int error = 0; ///< 0 without `fd`: patience has ended. A refusal comes before other reasons
};

/// `addresses` in the order of resolve().
task<dialled> dial(asio::io_context& context, const std::vector<endpoint>& addresses,
                   std::chrono::milliseconds attempt_delay, limited_wait& patience);

} // namespace pier::net
