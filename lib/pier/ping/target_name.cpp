#include "pier/ping/target_name.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace pier::ping {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

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

std::optional<target_name> target_name::parse(std::string_view text)
{
    target_name result;
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
    if (!port)
        return std::nullopt;
    result.port = *port;
    return result;
}

std::string target_name::to_string() const
{
    if (port == 0)
        return host;
    bool brackets = host.find(':') != host.npos;
    return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

} // namespace pier::ping
