#include "pier/ping/text_ping.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/number.hpp"

namespace pier::ping {

std::string text_ping::to_string() const
{
    std::string text = "PING ";
    append_number(text, sequence);
    text += ' ';
    append_number(text, sent);
    return text;
}

std::optional<text_ping> text_ping::parse(std::string_view text)
{
    while (!text.empty() && (is_ows(text.back()) || text.back() == '\r' || text.back() == '\n'))
        text.remove_suffix(1);
    if (!istarts_with(text, "PING "))
        return std::nullopt;
    text.remove_prefix(5);
    auto space = text.find(' ');
    if (space == text.npos)
        return std::nullopt;
    auto sequence = parse_u64(text.substr(0, space)), sent = parse_u64(text.substr(space + 1));
    if (!sequence || !sent)
        return std::nullopt;
    return text_ping{*sequence, *sent};
}

} // namespace pier::ping
