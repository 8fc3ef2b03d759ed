// The manual page of a program, written from its table of options. No I/O.
#pragma once

#include "pier/ops/options.hpp"

#include <string>

namespace pier::ops {

/// 8 for servers, whose names end in d, and for `pier`; 1 for what people call.
int manual_section(const std::string& program);

/// In the macros of man(7).
std::string manual_page(const options& table);

} // namespace pier::ops
