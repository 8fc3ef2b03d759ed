// The service that answers http:// with the way to https://.
#pragma once

#include "pier/http/redirect.hpp"
#include "pier/http/server.hpp"

#include <string>
#include <vector>

namespace pier::http {

struct redirect_config {
    std::vector<net::endpoint> listen; ///< none: no such service
    std::uint16_t port = 0;            ///< of the URLs
    handler_factory challenges;        ///< answer for acme_prefix; null: nobody does
};

/// For net::runtime::add, beside traits_named(). The limits are those of `like`.
net::stream_factory make_redirect(redirect_config c, const server_config& like);

} // namespace pier::http
