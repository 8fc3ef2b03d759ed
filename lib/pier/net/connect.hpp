// Connecting: the first step and its outcome for who waits in a way of his own, and the whole of it for
// clients that do one thing after another.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/net/endpoint.hpp"
#include "pier/net/interrupt.hpp"

#include <chrono>
#include <optional>
#include <span>

namespace pier::net {

struct connecting {
    unique_fd fd;  ///< non-blocking
    int error = 0; ///< EINPROGRESS: it is under way and has an outcome when `fd` is writable
};
/// `type`: SOCK_STREAM or SOCK_DGRAM, whose connect() says nothing yet. `from`: the own address and port, the
/// same family's; none: the kernel's choice.
connecting begin_connect(const endpoint& to, int type, const std::optional<endpoint>& from = {});
/// 0, or the error.
int connect_outcome(int fd);

struct connected {
    unique_fd fd;  ///< non-blocking; none: nobody took it
    endpoint to;   ///< who did, or who refused
    int error = 0; ///< ETIMEDOUT after `each`, EINTR when interrupted; a refusal comes before other reasons
};
/// One address after the other, each for at most `each`.
connected connect_to_one_of(std::span<const endpoint> addresses, std::chrono::milliseconds each,
                            const interrupt& ctrl_c);

} // namespace pier::net
