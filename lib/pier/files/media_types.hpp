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

/// By the last extension of the name, in whatever case: "a.tar.gz" is gzip. What has no extension, as
/// "README" and
/// ".profile", or one that is not known, is `unknown_media_type`. `name` may be a path.
/// Text is declared to be UTF-8, which is what it is today where it is not ASCII; XML and JSON say so
/// themselves.
std::string_view content_type(std::string_view name);

} // namespace pier::files
