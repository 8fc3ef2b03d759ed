// What a file is called that -O and -P make. No I/O.
#pragma once

#include <string>
#include <string_view>

namespace pier::get {

/// Of a URL's last segment, decoded, as http::url::file_name() gives it: a name in its folder, visible, no
/// option to other programs, and of characters that terminals show. "index.html" where there is none. Empty:
/// it is too long.
std::string file_name_of(std::string_view segment);

/// Behind a name: the part that has come so far, and the record that stands beside it.
inline constexpr std::string_view partial_suffix = ".pier-part";
inline constexpr std::string_view record_suffix = ".pier-part-info";
/// A name on any of Debian's file systems, with such a suffix.
inline constexpr std::size_t longest_name = 255 - record_suffix.size();

} // namespace pier::get
