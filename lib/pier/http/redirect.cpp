#include "pier/http/redirect.hpp"

#include "pier/http/host.hpp"
#include "pier/http/target.hpp"

namespace pier::http {

bool is_acme_challenge(std::string_view path)
{
    std::string decoded; // else "../" behind the prefix would lead to anywhere in the folder
    return decode_path(path, decoded) && decoded.starts_with(acme_prefix);
}

std::optional<std::string> https_location(std::string_view host, std::string_view path,
                                          std::optional<std::string_view> query, std::uint16_t port)
{
    constexpr std::uint16_t usual_port = 443;
    auto parts = split_host(host);
    if (!parts)
        return std::nullopt;
    std::string url = std::string("https://").append(parts->host);
    if (port != usual_port)
        url.append(":").append(std::to_string(port));
    // `*` of OPTIONS is no path. The authority is written before the path, whatever that begins with:
    // "//evil" stays a path.
    url.append(path.starts_with('/') ? path : std::string_view("/"));
    if (query)
        url.append("?").append(*query);
    return url;
}

} // namespace pier::http
