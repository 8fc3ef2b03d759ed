#include "pier/net/target.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::net {

namespace {

/// Letters of any script, digits, and what stands in addresses; `%` before the interface of a link-local one.
bool is_host(std::string_view text)
{
    return !text.empty() && text.size() <= 253 && text.front() != '-' &&
           std::ranges::all_of(text, [](char c) {
               return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
                      std::string_view(".-_:%").find(c) != std::string_view::npos;
           });
}

} // namespace

std::optional<target> target::parse(std::string_view text)
{
    target result;
    std::string_view host = text, rest;
    if (text.starts_with('[')) {
        auto end = text.find(']');
        if (end == text.npos)
            return std::nullopt;
        host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
        if (host.find(':') == host.npos || (!rest.empty() && !rest.starts_with(':')))
            return std::nullopt;
    } else if (std::ranges::count(text, ':') == 1) {
        host = text.substr(0, text.find(':'));
        rest = text.substr(host.size());
    }
    if (!is_host(host))
        return std::nullopt;
    result.host = host;
    if (rest.empty())
        return result;
    auto port = parse_port(rest.substr(1));
    if (!port || *port == 0)
        return std::nullopt;
    result.port = *port;
    return result;
}

std::string target::to_string() const
{
    if (port == 0)
        return host;
    bool brackets = host.find(':') != host.npos;
    return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace pier::net
