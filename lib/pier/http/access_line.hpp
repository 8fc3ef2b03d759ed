// What the access log tells of a request, and its line in the combined format. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pier::http {

struct access_entry {
    std::string_view peer{};
    std::string_view request_line{}; ///< empty when none was understood
    int status = 0;
    std::uint64_t bytes = 0; ///< of the body, as sent
    std::string_view referer{};
    std::string_view user_agent{};

    // The combined format has no place for these.
    std::string_view user{}; ///< who has proved to be; empty: nobody
    std::string_view method{};
    std::string_view target{};
    std::string_view protocol{};
    std::string_view host{};
    std::uint64_t duration = 0; ///< nanoseconds
    std::string_view end{};     ///< a fixed word: what became of the connection
    std::uint64_t number = 0;   ///< of the request on its connection, from 1
};

/// The time in UTC, renewed once a second.
class log_time {
public:
    /// `[21/Nov/2026:10:00:00 +0000]`
    std::string_view at(std::int64_t unix_time)
    {
        if (unix_time != second_)
            renew(unix_time);
        return {text_, sizeof text_};
    }
    /// `2026-11-21T10:00:00Z` (RFC 3339)
    std::string_view iso_at(std::int64_t unix_time)
    {
        if (unix_time != second_)
            renew(unix_time);
        return {iso_, sizeof iso_};
    }

private:
    void renew(std::int64_t unix_time);

    std::int64_t second_ = -1;
    char text_[28];
    char iso_[20];
};

/// Quotes, backslashes, control bytes and bytes from 0x80 on as \xHH.
void append_escaped(std::string& out, std::string_view text);

/// Appends the line with its LF. Quotes, backslashes, control bytes and bytes from 0x80 on are written \xHH,
/// so that no request can forge a line or a field.
void append_combined(std::string& out, const access_entry& entry, std::string_view time);

} // namespace pier::http
