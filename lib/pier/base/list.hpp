// Comma-separated lists as HTTP fields hold them, RFC 9110 5.6.1. No I/O, no allocation, one pass.
#pragma once

#include "pier/base/ascii.hpp"

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace pier {

/// Elements a list may have. Empty ones count: RFC 9110 5.6.1.2 has a reasonable number of them ignored.
inline constexpr std::size_t max_list_elements = 1024;

/// Where `separator` next stands in `text` outside a quoted-string (RFC 9110 5.6.4), or the end of `text`;
/// npos if a quoted-string does not end.
constexpr std::size_t find_unquoted(std::string_view text, char separator)
{
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '"')
            quoted = !quoted;
        else if (quoted && text[at] == '\\')
            ++at;
        else if (!quoted && text[at] == separator)
            return at;
    }
    return quoted ? text.npos : text.size();
}

/// Calls `visit(element)` for each element that is not empty, without the white space around it. A comma
/// inside a quoted-string separates nothing. `visit` returns nothing, or false to stop.
///
/// False if stopped, if a quoted-string does not end, or after `max_elements`; what was visited before
/// stands. Not for entity tags: there a backslash escapes nothing (see http/entity_tag.hpp).
template <class Visit>
constexpr bool for_each_element(std::string_view list, Visit visit,
                                std::size_t max_elements = max_list_elements)
{
    for (std::size_t count = 1; count <= max_elements; ++count) {
        std::size_t end = find_unquoted(list, ',');
        if (end == list.npos)
            return false;
        if (auto element = trim_ows(list.substr(0, end)); !element.empty()) {
            if constexpr (std::is_void_v<std::invoke_result_t<Visit&, std::string_view>>)
                visit(element);
            else if (!visit(element))
                return false;
        }
        if (end == list.size())
            return true;
        list.remove_prefix(end + 1);
    }
    return false;
}

/// True if `token` is an element of the list, in whatever case: Connection, Transfer-Encoding and their like.
constexpr bool has_token(std::string_view list, std::string_view token)
{
    bool found = false;
    for_each_element(list, [&](std::string_view element) { return !(found = iequals(element, token)); });
    return found;
}

} // namespace pier
