#include "pier/admin/guard.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/host.hpp"

#include <algorithm>
#include <netinet/in.h>

namespace pier::admin {

namespace {

bool is_ipv4_literal(std::string_view host)
{
    return std::count(host.begin(), host.end(), '.') == 3 &&
           std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_loopback_name(std::string_view host)
{
    constexpr std::string_view local = "localhost";
    return iequals(host, local) || host == "[::1]" || (is_ipv4_literal(host) && host.starts_with("127."));
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view space = " \t\r\n"; // RFC 8259 section 2
    auto first = text.find_first_not_of(space);
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(space) + 1 - first);
}

/// Takes `token` and the space behind it off the front.
bool take(std::string_view& text, std::string_view token)
{
    if (!text.starts_with(token))
        return false;
    text = trim(text.substr(token.size()));
    return true;
}

} // namespace

bool is_local(const net::endpoint& where)
{
    if (where.family() == AF_INET) {
        auto address = ntohl(reinterpret_cast<const sockaddr_in*>(where.data())->sin_addr.s_addr);
        return address >> 24 == 127;
    }
    return where.is_unix() ||
           IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(where.data())->sin6_addr);
}

known_hosts::known_hosts(const std::vector<net::endpoint>& listen, const std::vector<std::string>& names)
    : names_(names)
{
    for (const net::endpoint& where : listen) {
        if (where.is_wildcard()) {
            any_address_ = true;
        } else if (!where.is_unix()) {
            std::string text = where.to_string();
            names_.push_back(text.substr(0, text.rfind(':')));
        }
    }
}

bool known_hosts::allows(std::string_view host) const
{
    if (host.empty())
        return true;
    auto parts = http::split_host(host);
    if (!parts)
        return false;
    if (is_loopback_name(parts->host))
        return true;
    if (any_address_ && (parts->host.front() == '[' || is_ipv4_literal(parts->host)))
        return true;
    return std::ranges::any_of(names_, [&](const std::string& name) { return iequals(name, parts->host); });
}

bool same_origin(std::string_view origin, std::string_view host)
{
    auto scheme = origin.find("://");
    if (scheme == origin.npos || host.empty())
        return false; // `null` among them: a sandboxed page, a file
    return (iequals(origin.substr(0, scheme), "http") || iequals(origin.substr(0, scheme), "https")) &&
           iequals(origin.substr(scheme + 3), host);
}

std::optional<std::uint64_t> limit_in(std::string_view query, std::uint64_t otherwise, std::uint64_t most)
{
    constexpr std::string_view name = "limit=";
    while (!query.empty()) {
        std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        if (!pair.starts_with(name))
            continue;
        auto value = parse_u64(pair.substr(name.size()));
        if (!value || *value == 0 || *value > most)
            return std::nullopt;
        return value;
    }
    return otherwise;
}

std::optional<ops::level> level_in(std::string_view body)
{
    body = trim(body);
    if (!take(body, "{"))
        return ops::parse_level(body);
    if (!take(body, "\"level\"") || !take(body, ":") || !body.starts_with('"'))
        return std::nullopt;
    body.remove_prefix(1);
    std::string_view name = body.substr(0, body.find('"'));
    body.remove_prefix(name.size());
    if (!take(body, "\"") || body != "}")
        return std::nullopt;
    return ops::parse_level(name);
}

} // namespace pier::admin
