#include "pier/http/message.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/handler.hpp"
#include "pier/http/status.hpp"
#include "pier/net/late_close.hpp"

#include <string>

namespace pier::http {

std::optional<std::string_view> request::field(std::string_view wanted) const
{
    for (const field_line& f : fields())
        if (iequals(name(f), wanted))
            return value(f);
    return std::nullopt;
}

file::~file()
{
    if (may_stall && descriptor)
        net::close_later(std::move(descriptor));
}

net::task<piece> body_source::next_part()
{
    co_return piece();
}

response::response() = default;
response::~response() = default;

void response::reset()
{
    status = 200;
    headers.clear();
    shared_headers = {};
    content.clear();
    source.reset();
    close = false;
}

void response::error(int code, std::string_view explanation)
{
    bool closing = close;
    reset();
    close = closing;
    status = code;
    std::string title = std::to_string(code).append(" ").append(reason_phrase(code));
    std::string page = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<meta name=\"color-scheme\" content=\"light dark\">\n<title>";
    page.append(title).append("</title>\n<style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:4rem auto;"
                              "max-width:36rem;padding:0 1rem}</style>\n<h1>");
    page.append(title).append("</h1>\n");
    if (!explanation.empty())
        page.append("<p>").append(explanation).append("</p>\n");
    headers.add("Content-Type", "text/html; charset=utf-8");
    headers.add("X-Content-Type-Options", "nosniff");
    add(piece::of(std::move(page)));
}

} // namespace pier::http
