#include "pier/http/content_range.hpp"

#include "pier/base/ascii.hpp"

namespace pier::http {

std::optional<content_range> parse_content_range(std::string_view field)
{
    constexpr std::string_view unit = "bytes ";
    field = trim_ows(field);
    auto slash = field.find('/');
    if (!istarts_with(field, unit) || slash == field.npos)
        return std::nullopt;
    std::string_view size = field.substr(slash + 1);
    std::string_view range = trim_ows(field.substr(unit.size(), slash - unit.size()));
    content_range result;
    if (size != "*" && !(result.size = parse_u64(size)))
        return std::nullopt;
    if (range == "*")
        return result.size ? std::optional(result) : std::nullopt;
    auto dash = range.find('-');
    if (dash == range.npos)
        return std::nullopt;
    auto first = parse_u64(range.substr(0, dash));
    auto last = parse_u64(range.substr(dash + 1));
    // The size of the largest range would not fit its type.
    if (!first || !last || *last < *first || *last == UINT64_MAX || (result.size && *last >= *result.size))
        return std::nullopt;
    result.range = byte_range{*first, *last};
    return result;
}

} // namespace pier::http
