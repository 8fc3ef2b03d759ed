// From a file's name to its Content-Type. No I/O, no allocation.
#pragma once

#include <span>
#include <string_view>

namespace pier::files {

struct media_type {
    std::string_view extension;    ///< lower case, without the dot
    std::string_view content_type; ///< with its charset where it is text
};

inline constexpr std::string_view unknown_media_type = "application/octet-stream";

/// The whole table, in order of extension.
std::span<const media_type> media_types();

/// By the last extension of `name`, which may be a path, in whatever case: "a.tar.gz" is gzip. What has no
/// extension, as "README" and ".profile", or one that is not known, is `unknown_media_type`.
///
/// Text is declared to be UTF-8, as it is today where it is not ASCII; XML and JSON speak for themselves.
std::string_view content_type(std::string_view name);

} // namespace pier::files
