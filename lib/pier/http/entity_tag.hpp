// Entity tags, RFC 9110 8.8.3, and the lists of them in If-Match and If-None-Match. No I/O, no allocation.
#pragma once

#include <optional>
#include <string_view>

namespace pier::http {

struct entity_tag {
    std::string_view opaque; ///< with its quotes
    bool weak = false;
};

/// Nothing unless the whole text is one entity-tag: `"abc"` or `W/"abc"`. There are no escapes in it.
std::optional<entity_tag> parse_entity_tag(std::string_view text);

/// RFC 9110 8.8.3.2: both strong and alike.
constexpr bool strong_match(const entity_tag& a, const entity_tag& b)
{
    return !a.weak && !b.weak && a.opaque == b.opaque;
}

/// RFC 9110 8.8.3.2: alike.
constexpr bool weak_match(const entity_tag& a, const entity_tag& b)
{
    return a.opaque == b.opaque;
}

enum class comparison { strong, weak };

enum class list_match {
    none,     ///< a good list in which nothing matches
    match,    ///< or the field is `*`
    malformed ///< not a list of entity tags: says nothing about any of them
};

/// Holds the value of If-Match (to be compared strongly, RFC 9110 13.1.1) or If-None-Match (weakly, 13.1.2)
/// against the tag of an existing representation. Several field lines are one list, joined by commas.
list_match match_entity_tags(std::string_view field, const entity_tag& current, comparison how);

} // namespace pier::http
