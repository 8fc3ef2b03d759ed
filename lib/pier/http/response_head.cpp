#include "pier/http/response_head.hpp"

#include "pier/base/number.hpp"
#include "pier/http/date.hpp"
#include "pier/http/status.hpp"

namespace pier::http {

void common_lines::renew(std::int64_t unix_time)
{
    second_ = unix_time;
    text_ = "Server: pier\r\nDate: ";
    char date[29];
    format_date(unix_time, date);
    text_.append(date, sizeof date).append("\r\n").append(more_);
}

void append_head(std::string& out, const response& from, std::string_view common, bool keep_alive,
                 framing how, std::uint64_t content_length)
{
    if (from.status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
    } else {
        out.append("HTTP/1.1 ");
        append_number(out, static_cast<std::uint64_t>(from.status));
        out.append(" ").append(reason_phrase(from.status)).append("\r\n");
    }
    out.append(common);
    out.append(keep_alive ? std::string_view("Connection: keep-alive\r\n") : "Connection: close\r\n");
    out.append(from.shared_headers.text());
    out.append(from.headers.text());
    if (how == framing::chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    } else if (how == framing::length) {
        out.append("Content-Length: ");
        append_number(out, content_length);
        out.append("\r\n");
    }
    out.append("\r\n");
}

} // namespace pier::http
