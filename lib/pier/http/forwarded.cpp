#include "pier/http/forwarded.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"

namespace pier::http {

namespace {

/// The byte at `at` is escaped when an odd number of backslashes stands before it.
bool is_escaped(std::string_view text, std::size_t at)
{
    bool odd = false;
    while (at > 0 && text[--at] == '\\')
        odd = !odd;
    return odd;
}

/// Takes the last element off the list. From the right, because that end is the proxy's own: no quote that a
/// client left open further left can swallow it.
std::string_view take_last(std::string_view& list, bool quotes)
{
    bool quoted = false;
    std::size_t at = list.size();
    while (at > 0 && (quoted || list[at - 1] != ',')) {
        --at;
        if (quotes && list[at] == '"' && !is_escaped(list, at))
            quoted = !quoted;
    }
    std::string_view element = list.substr(at);
    list = list.substr(0, at > 0 ? at - 1 : 0);
    return trim_ows(element);
}

/// The value of `for`, unquoted; a node has nothing to escape. Empty: none, or two.
std::string_view for_parameter(std::string_view element)
{
    std::string_view found;
    int count = 0;
    for (;;) {
        std::size_t end = find_unquoted(element, ';');
        if (end == element.npos)
            return {};
        std::string_view pair = trim_ows(element.substr(0, end));
        if (istarts_with(pair, "for=")) {
            found = pair.substr(4);
            ++count;
        }
        if (end == element.size())
            break;
        element.remove_prefix(end + 1);
    }
    if (found.size() >= 2 && found.front() == '"' && found.back() == '"')
        found = found.substr(1, found.size() - 2);
    return count == 1 ? found : std::string_view();
}

/// RFC 7239 section 6: at most five digits.
std::optional<std::uint16_t> parse_node_port(std::string_view text)
{
    return text.size() > 5 ? std::nullopt : parse_port(text);
}

} // namespace

std::optional<net::peer_address> parse_node(std::string_view node)
{
    std::string_view host = node;
    std::optional<std::uint16_t> port = 0;
    if (node.starts_with('[')) {
        auto close = node.find(']');
        if (close == node.npos)
            return std::nullopt;
        host = node.substr(1, close - 1);
        std::string_view rest = node.substr(close + 1);
        if (host.find(':') == host.npos || (!rest.empty() && rest.front() != ':'))
            return std::nullopt;
        if (!rest.empty())
            port = parse_node_port(rest.substr(1));
    } else if (auto colon = node.find(':'); colon != node.npos && colon == node.rfind(':')) {
        host = node.substr(0, colon); // more than one colon: IPv6 without brackets, as X-Forwarded-For has it
        port = parse_node_port(node.substr(colon + 1));
    }
    auto address = ip_address::parse(host);
    if (!address || !port)
        return std::nullopt;
    return net::peer_address::from(*address, *port);
}

void forwarded_walk::add(std::string_view value)
{
    bool quotes = config_.where == forwarded_config::field::forwarded;
    while (going_ && !value.empty())
        if (std::string_view element = take_last(value, quotes); !element.empty())
            step(quotes ? for_parameter(element) : element);
}

void forwarded_walk::step(std::string_view element)
{
    auto hop = parse_node(element);
    if (!hop || ++hops_ > most_hops) {
        going_ = false;
        return;
    }
    client_ = *hop;
    going_ = config_.trusted.contains(hop->ip());
}

net::peer_address client_of(const head_parser& head, std::string_view in, const net::peer_address& peer,
                            const forwarded_config& config)
{
    forwarded_walk walk(config, peer);
    const auto& fields = head.fields();
    for (auto line = fields.rbegin(); line != fields.rend() && walk.going(); ++line)
        if (line->id == config.id())
            walk.add(in.substr(line->value, line->value_length));
    return walk.client();
}

} // namespace pier::http
