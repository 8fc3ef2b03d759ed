#include "pier/http/host.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::http {

namespace {

/// reg-name, RFC 3986 3.2.2, without '%' and ','.
constexpr byte_set name_chars = alnum_chars.with(byte_set("-._~!$&'()*+;="));

bool is_reg_name(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (name_chars.contains(text[i]))
            continue;
        if (text[i] != '%' || text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
            return false;
        i += 2;
    }
    return !text.empty();
}

/// Four numbers of 0 to 255 without leading zeros.
bool is_ipv4_address(std::string_view text)
{
    for (int part = 0; part < 4; ++part) {
        std::size_t dot = std::min(text.find('.'), text.size());
        auto value = parse_u64(text.substr(0, dot));
        if (!value || *value > 255 || dot > 3 || (dot > 1 && text[0] == '0'))
            return false;
        if ((dot == text.size()) != (part == 3))
            return false;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return true;
}

/// How many 16-bit groups the colon-separated `text` holds, the last of which may be an IPv4 address where
/// `ipv4_end` says so. Nothing if it is malformed; 0 if it is empty.
std::optional<int> count_groups(std::string_view text, bool ipv4_end)
{
    if (text.empty())
        return 0;
    for (int groups = 1;; ++groups) {
        std::size_t colon = std::min(text.find(':'), text.size());
        std::string_view group = text.substr(0, colon);
        bool last = colon == text.size();
        if (last && ipv4_end && is_ipv4_address(group))
            return groups + 1;
        if (group.empty() || group.size() > 4 || groups > 8 ||
            std::any_of(group.begin(), group.end(), [](char c) { return hex_value(c) < 0; }))
            return std::nullopt;
        if (last)
            return groups;
        text.remove_prefix(colon + 1);
    }
}

} // namespace

bool is_ipv6_address(std::string_view text)
{
    std::size_t gap = text.find("::");
    if (gap == text.npos)
        return count_groups(text, true) == 8;
    auto before = count_groups(text.substr(0, gap), false);
    auto after = count_groups(text.substr(gap + 2), true);
    return before && after && *before + *after <= 7;
}

std::optional<host_port> split_host(std::string_view text)
{
    host_port result;
    if (text.starts_with('[')) {
        std::size_t close = text.find(']');
        if (close == text.npos || !is_ipv6_address(text.substr(1, close - 1)))
            return std::nullopt;
        result.host = text.substr(0, close + 1);
    } else {
        result.host = text.substr(0, text.find(':'));
        if (!is_reg_name(result.host))
            return std::nullopt;
    }
    std::string_view rest = text.substr(result.host.size());
    if (rest.empty() || rest == ":") // RFC 3986 3.2.3: the port may be empty
        return result;
    if (rest.front() != ':' || !(result.port = parse_port(rest.substr(1))))
        return std::nullopt;
    return result;
}

bool valid_host(std::string_view text)
{
    return split_host(text).has_value();
}

} // namespace pier::http
