// /services.json, the one live resource of Pier's own site: what runs in this process, and how busy it is.
#pragma once

#include "pier/admin/stats.hpp"
#include "pier/http/server.hpp"

#include <map>
#include <string>

/// What there is to find at each service, by its name.
using descriptions = std::map<std::string, std::string>;

/// Nothing that is not for everybody: no peers, no paths of unix sockets.
std::string service_list(const pier::admin::stats& now, std::uint64_t up_since_unix_seconds,
                         const descriptions& what);

/// The same handlers with that resource among theirs.
pier::http::handler_factory with_service_list(pier::http::handler_factory pages, descriptions what);
