// Strings inside JSON (RFC 8259 section 7), whatever bytes they hold. No I/O.
#pragma once

#include <string>
#include <string_view>

namespace pier {

/// Appends what stands between the quotes. Valid UTF-8 stays as it is; quotes, backslashes and controls (C1
/// and DEL too, which terminals obey) are escaped; a byte that is no UTF-8 becomes U+FFFD.
void append_json_text(std::string& out, std::string_view text);

} // namespace pier
