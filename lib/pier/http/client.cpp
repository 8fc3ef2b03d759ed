#include "pier/http/client.hpp"

#include "pier/http/client_pool.hpp"

namespace pier::http {

client::client(net::home where, client_config c)
    : pool_(std::make_unique<client_pool>(where, std::move(c), counters))
{
}

client::~client() = default;

void client::drain()
{
    pool_->drain();
}

const client_config& client::config() const
{
    return pool_->config();
}

std::size_t client::connections_busy() const
{
    return pool_->open() - pool_->idle();
}

std::size_t client::connections_idle() const
{
    return pool_->idle();
}

} // namespace pier::http
