// The words of -H and -d, as curl's users know them.
#pragma once

#include "pier/get/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace pier::get {

/// "Name: value", "Name:" (takes the field away), "Name;" (an empty value). An empty string, or what is wrong
/// with it.
std::string read_header_line(std::string_view line, header_line& into);

/// The same, or @FILE: a line for each field, where secrets need not stand on the command line.
std::string read_headers(const std::string& word, std::vector<header_line>& into);

enum class data_kind { text, binary };
/// Appends DATA, or what @FILE holds (@-: standard input), behind an `&` where there is some already. Of a
/// file, `text` leaves out line ends and NULs, as curl's -d does. An empty string, or what is wrong with it.
std::string append_data(const std::string& word, data_kind kind, std::optional<std::string>& into);

} // namespace pier::get
