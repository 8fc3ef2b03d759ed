// What a load test found, for people and for programs. No I/O.
#pragma once

#include "pier/get/load_result.hpp"

#include <string>
#include <vector>

namespace pier::get {

/// The line before it begins.
std::string load_heading(const load_result& r);
std::string load_text(const load_result& r);
/// One object, one line; times in milliseconds.
std::string load_json(const load_result& r);

/// What whoever reads the figures has to know about them, a sentence each.
std::vector<std::string> load_warnings(const load_result& r);

} // namespace pier::get
