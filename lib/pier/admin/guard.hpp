// Who may ask the admin what: against DNS rebinding and pages of other origins, and what a request's query
// and small body say. Pure.
#pragma once

#include "pier/net/endpoint.hpp"
#include "pier/ops/log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pier::admin {

/// This machine alone can reach it: a unix socket, 127.0.0.0/8, ::1.
bool is_local(const net::endpoint& where);

/// The hosts by which a browser may ask. A page whose name was rebound to this machine's address asks by that
/// name; it is none of these.
class known_hosts {
public:
    /// The loopback's names and addresses, those `listen` names, and `names`. Listening on all addresses, any
    /// literal address passes: rebinding takes a name.
    known_hosts(const std::vector<net::endpoint>& listen, const std::vector<std::string>& names);

    /// `host` as Host has it, with or without a port. Empty passes: HTTP/1.0, which no browser speaks.
    bool allows(std::string_view host) const;

private:
    std::vector<std::string> names_; ///< addresses of IPv6 with their brackets
    bool any_address_ = false;
};

/// Whether `origin`, as a request's Origin field has it, is that of a page from `host` (RFC 6454 7).
bool same_origin(std::string_view origin, std::string_view host);

/// `limit` in a query, `otherwise` when it is not there. Nothing: it is no number of 1 to `most`.
std::optional<std::uint64_t> limit_in(std::string_view query, std::uint64_t otherwise, std::uint64_t most);

/// A body `debug` or `{"level": "debug"}`, space around the parts allowed.
std::optional<ops::level> level_in(std::string_view body);

} // namespace pier::admin
