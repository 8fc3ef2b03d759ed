#include "pier/net/tls_session_cache.hpp"

#include <openssl/ssl.h>

namespace pier::net {

void ssl_session_deleter::operator()(SSL_SESSION* session) const noexcept
{
    SSL_SESSION_free(session);
}

ssl_session_ptr tls_session_cache::take(const std::string& server)
{
    std::lock_guard lock(mutex_);
    auto known = by_server_.find(server);
    if (known == by_server_.end())
        return nullptr;
    auto newest = known->second.back();
    SSL_SESSION* session = newest->session.get();
    if (SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION && SSL_SESSION_up_ref(session) == 1)
        return ssl_session_ptr(session);
    ssl_session_ptr taken = std::move(newest->session);
    known->second.pop_back();
    if (known->second.empty())
        by_server_.erase(known);
    by_age_.erase(newest);
    return taken;
}

void tls_session_cache::put(const std::string& server, ssl_session_ptr session)
{
    std::lock_guard lock(mutex_);
    auto& own = by_server_[server];
    own.push_back(by_age_.insert(by_age_.end(), {server, std::move(session)}));
    if (own.size() > per_server_)
        drop(own.front());
    else if (by_age_.size() > most_)
        drop(by_age_.begin());
}

void tls_session_cache::drop(entries::iterator oldest)
{
    auto of = by_server_.find(oldest->server);
    of->second.pop_front(); // it is the oldest of its server's as well
    if (of->second.empty())
        by_server_.erase(of);
    by_age_.erase(oldest);
}

std::size_t tls_session_cache::size() const
{
    std::lock_guard lock(mutex_);
    return by_age_.size();
}

} // namespace pier::net
