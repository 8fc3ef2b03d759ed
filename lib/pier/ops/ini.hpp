// INI files: sections, keys, values. No I/O.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pier::ops {

/// A larger file is no configuration, and is refused.
inline constexpr std::size_t max_ini_size = 1024 * 1024;

struct ini_entry {
    std::string key;
    std::string value;
    std::size_t line = 0; ///< from 1
};

/// `[name]` or `[name.instance]`; the empty name is for what stands before the first.
struct ini_section {
    std::string name;
    std::size_t line = 0;
    std::vector<ini_entry> entries;
};

struct ini_error {
    std::size_t line = 0; ///< 0: the file as a whole
    std::string what;     ///< after "FILE:LINE: "
};

using ini_sections = std::vector<ini_section>;

/// Lines are `[section]`, `key = value`, or empty; a line whose first character is `#` or `;` is a comment,
/// and nowhere else do these two mean anything. A value stands as it is, without the spaces around it; one in
/// double quotes keeps its spaces and may hold \" \\ \n \r \t. Lines end with LF or CRLF, a UTF-8 byte order
/// mark may come first. Sections and keys may be repeated: they are given in the order of the file, the
/// unnamed section always first. Names are made of letters, digits, `-` and `_`.
std::variant<ini_sections, ini_error> read_ini(std::string_view text);

/// As read_ini() reads it back, whatever bytes it holds but NUL: quoted where it must be.
std::string write_ini_value(std::string_view value);

/// What may stand as name of a section, instance or key.
bool is_ini_name(std::string_view name);

} // namespace pier::ops
