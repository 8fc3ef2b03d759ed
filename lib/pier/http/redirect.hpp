// Plain HTTP that sends everybody to the same place over TLS, but for those who test who holds a name (RFC
// 8555 8.3). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

/// Where a certificate authority looks.
inline constexpr std::string_view acme_prefix = "/.well-known/acme-challenge/";

/// Whether the path, percent-encoded as it came, leads there when it is decoded and its dot segments are
/// gone.
bool is_acme_challenge(std::string_view path);

/// The https URL of the same thing. `host` is the request's, of whose port nothing is kept; `path` and
/// `query` are as they came, percent-encoded. Nothing when `host` is no host: there is nowhere to send to.
std::optional<std::string> https_location(std::string_view host, std::string_view path,
                                          std::optional<std::string_view> query, std::uint16_t port);

} // namespace pier::http
