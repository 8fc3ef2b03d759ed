// Writing the head of a response, in the form of HTTP/1.1 (RFC 9112 section 4). Pure.
#pragma once

#include "pier/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pier::http {

/// `Server` and `Date` lines, renewed once a second, and whatever else all answers say.
class common_lines {
public:
    /// `more`: whole lines.
    explicit common_lines(std::string more = {}) : more_(std::move(more)) {}

    std::string_view at(std::int64_t unix_time)
    {
        if (unix_time != second_)
            renew(unix_time);
        return text_;
    }

private:
    void renew(std::int64_t unix_time);

    std::string more_;
    std::int64_t second_ = -1;
    std::string text_;
};

enum class framing : unsigned char {
    none,    ///< the status has no content, or it is said otherwise: no framing field
    length,  ///< Content-Length
    chunked, ///< Transfer-Encoding: chunked
};

/// Appends status line, `common`, Connection, the response's fields, framing and the empty line.
void append_head(std::string& out, const response& from, std::string_view common, bool keep_alive,
                 framing how, std::uint64_t content_length);

} // namespace pier::http
