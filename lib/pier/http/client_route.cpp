#include "pier/http/client_route.hpp"

namespace pier::http {

client_route client_route::of(const url& to, const std::optional<url>& proxy,
                              std::shared_ptr<net::tls_client> tls)
{
    client_route r;
    r.secure = to.secure();
    r.host = to.host;
    r.port = to.port;
    r.proxy = proxy;
    if (r.secure)
        r.tls = std::move(tls);
    return r;
}

std::string client_route::key() const
{
    std::string key;
    if (!to_proxy())
        key = (secure ? "https://" : "http://") + host + ":" + std::to_string(port);
    if (proxy)
        key += " by " + proxy->user + "@" + proxy->host + ":" + std::to_string(proxy->port);
    if (secure)
        key += " " + std::to_string(reinterpret_cast<std::uintptr_t>(tls.get()));
    return key;
}

} // namespace pier::http
