#include "pier/http/entity_tag.hpp"

#include "pier/base/ascii.hpp"

namespace pier::http {

namespace {

/// etagc: VCHAR but the quote, or obs-text.
constexpr byte_set etag_chars = byte_set("!").with_range('#', '~').with_range(0x80, 0xff);

/// The entity-tag at the front of `text`, taken from it.
std::optional<entity_tag> take_entity_tag(std::string_view& text)
{
    entity_tag tag;
    std::string_view rest = text;
    if (rest.starts_with("W/")) {
        tag.weak = true;
        rest.remove_prefix(2);
    }
    if (!rest.starts_with('"'))
        return std::nullopt;
    std::size_t close = 1;
    while (close < rest.size() && etag_chars.contains(rest[close]))
        ++close;
    if (close == rest.size() || rest[close] != '"')
        return std::nullopt;
    tag.opaque = rest.substr(0, close + 1);
    text = rest.substr(close + 1);
    return tag;
}

std::string_view skip_ows(std::string_view text)
{
    while (!text.empty() && is_ows(text.front()))
        text.remove_prefix(1);
    return text;
}

} // namespace

std::optional<entity_tag> parse_entity_tag(std::string_view text)
{
    auto tag = take_entity_tag(text);
    return text.empty() ? tag : std::nullopt;
}

list_match match_entity_tags(std::string_view field, const entity_tag& current, comparison how)
{
    field = trim_ows(field);
    if (field == "*")
        return list_match::match;
    bool any = false;
    bool matched = false;
    bool separated = true;
    for (; !field.empty(); field = skip_ows(field)) {
        if (field.front() == ',') { // RFC 9110 5.6.1.2: empty elements are passed over
            field.remove_prefix(1);
            separated = true;
            continue;
        }
        auto tag = take_entity_tag(field);
        if (!tag || !separated)
            return list_match::malformed;
        separated = false;
        any = true;
        matched =
            matched || (how == comparison::strong ? strong_match(*tag, current) : weak_match(*tag, current));
    }
    if (!any)
        return list_match::malformed;
    return matched ? list_match::match : list_match::none;
}

} // namespace pier::http
