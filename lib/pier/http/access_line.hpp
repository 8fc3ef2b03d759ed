// One line of the access log in the combined format. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pier::http {

struct access_entry {
    std::string_view peer;
    std::string_view request_line; ///< empty when none was understood
    int status = 0;
    std::uint64_t bytes = 0; ///< of the body, as sent
    std::string_view referer;
    std::string_view user_agent;
};

/// `[21/Nov/2026:10:00:00 +0000]`, renewed once a second. In UTC.
class log_time {
public:
    std::string_view at(std::int64_t unix_time);

private:
    std::int64_t second_ = -1;
    char text_[28];
};

/// Appends the line with its LF. Quotes, backslashes, control bytes and bytes from 0x80 on are written \xHH,
/// so that no request can forge a line or a field.
void append_combined(std::string& out, const access_entry& entry, std::string_view time);

} // namespace pier::http
