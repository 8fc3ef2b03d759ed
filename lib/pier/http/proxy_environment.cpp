#include "pier/http/proxy_environment.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/cidr.hpp"

#include <algorithm>
#include <initializer_list>

namespace pier::http {

namespace {

struct found_variable {
    const char* name = nullptr;
    std::string_view value{};
};

/// The first that is set and not empty.
found_variable first_of(std::initializer_list<const char*> names, const environment& get)
{
    for (const char* name : names)
        if (const char* value = get(name); value && *value != '\0')
            return {name, value};
    return {};
}

/// "host", ".host", "10.0.0.0/8", "[::1]:8080", "host:8080"
bool entry_covers(std::string_view entry, const url& to)
{
    if (entry == "*")
        return true;
    std::string_view host = entry;
    auto close = entry.find(']');
    auto colon = entry.rfind(':');
    bool address = entry.starts_with('[') && close != entry.npos;
    bool bare_v6 = !address && std::ranges::count(entry, ':') > 1;
    if (colon != entry.npos && !bare_v6 && (!address || colon > close)) {
        auto port = parse_port(entry.substr(colon + 1));
        if (!port || *port != to.port)
            return false;
        host = entry.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    std::string_view asked = std::string_view(to.host).substr(0, to.host.find('%'));
    if (auto ip = ip_address::parse(asked)) {
        auto block = cidr::parse(host);
        return block && block->contains(*ip);
    }
    auto without_dot = [](std::string_view name) {
        return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
    };
    asked = without_dot(asked);
    host = without_dot(host);
    if (host.starts_with('.'))
        host.remove_prefix(1);
    if (host.empty() || asked.size() < host.size() ||
        !iequals(asked.substr(asked.size() - host.size()), host))
        return false;
    return asked.size() == host.size() || asked[asked.size() - host.size() - 1] == '.';
}

} // namespace

bool in_no_proxy(std::string_view list, const url& to)
{
    while (!list.empty()) {
        std::string_view entry = list.substr(0, list.find_first_of(", \t"));
        if (!entry.empty() && entry_covers(entry, to))
            return true;
        list.remove_prefix(std::min(entry.size() + 1, list.size()));
    }
    return false;
}

std::optional<url> parse_proxy(std::string_view text, std::string& why)
{
    constexpr std::uint16_t usual_port = 1080;
    auto scheme = text.find("://");
    if (scheme != text.npos && !iequals(text.substr(0, scheme), "http")) {
        why = "is no proxy that is spoken to here: only http:// ones";
        return std::nullopt;
    }
    std::string_view rest = scheme == text.npos ? text : text.substr(scheme + 3);
    auto proxy = url::parse("http://" + std::string(rest), why);
    if (!proxy)
        return proxy;
    if (proxy->path != "/" || proxy->query || !proxy->fragment.empty()) {
        why = "has more than a host and a port";
        return std::nullopt;
    }
    std::string_view authority = rest.substr(0, rest.find('/'));
    authority = authority.substr(authority.rfind('@') == authority.npos ? 0 : authority.rfind('@') + 1);
    auto after_host = authority.substr(authority.starts_with('[') ? authority.find(']') : 0);
    if (after_host.find(':') == after_host.npos)
        proxy->port = usual_port;
    return proxy;
}

proxy_choice proxy_for(const url& to, const environment& get)
{
    auto by_scheme =
        to.secure() ? first_of({"https_proxy", "HTTPS_PROXY"}, get) : first_of({"http_proxy"}, get);
    auto chosen = by_scheme.name ? by_scheme : first_of({"all_proxy", "ALL_PROXY"}, get);
    if (!chosen.name || in_no_proxy(first_of({"no_proxy", "NO_PROXY"}, get).value, to))
        return {};
    proxy_choice result;
    std::string why;
    result.proxy = parse_proxy(chosen.value, why);
    if (!result.proxy)
        result.error = "the environment variable " + std::string(chosen.name) + " " + why;
    return result;
}

} // namespace pier::http
