#include "pier/beat/target.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::beat {

std::optional<target> target::parse(std::string_view text)
{
    target result;
    std::string_view rest;
    if (text.starts_with('[')) {
        auto end = text.find(']');
        if (end == text.npos)
            return std::nullopt;
        result.host = text.substr(1, end - 1);
        rest = text.substr(end + 1);
    } else if (std::ranges::count(text, ':') > 1) {
        result.host = text;
    } else {
        auto colon = std::min(text.find(':'), text.size());
        result.host = text.substr(0, colon);
        rest = text.substr(colon);
    }
    bool visible =
        std::ranges::all_of(result.host, [](char c) { return c > ' ' && c <= '~' && c != '[' && c != ']'; });
    if (result.host.empty() || !visible)
        return std::nullopt;
    if (rest.empty())
        return result;
    auto port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0)
        return std::nullopt;
    result.port = *port;
    return result;
}

} // namespace pier::beat
