// What a client needs of the thread it lives on. A shard has it to give, and so has the loop of a program
// that is a client and nothing else (see client_loop.hpp).
#pragma once

#include "pier/net/types.hpp"

namespace pier::net {

class blocking_pool;

struct home {
    asio::io_context& context;
    blocking_pool& pool; ///< where getaddrinfo may wait
};

} // namespace pier::net
