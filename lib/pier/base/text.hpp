// Words for people, and text made safe for where it will stand. No I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pier {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other (optimal
/// string alignment). Takes time and space of the product and sum of the lengths: for words, not for texts.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that was probably meant by `word`: at most a third of its letters wrong. The first of
/// equals; nothing if none is near, or if `word` is longer than 64 bytes.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// For element content and quoted attribute values: & < > " and ' become references.
std::string html_escape(std::string_view text);

/// For a path in a link: all but unreserved characters, sub-delims, '@' and '/' become %XX. The colon does
/// too, as it would make a scheme of a relative reference's first segment (RFC 3986 4.2).
std::string percent_encode_path(std::string_view path);

/// For a terminal: controls and bytes that are no UTF-8 as \x1b, all else as it is.
std::string visible(std::string_view text);

} // namespace pier
