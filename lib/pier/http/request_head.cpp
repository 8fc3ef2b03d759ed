#include "pier/http/request_head.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/base64.hpp"
#include "pier/base/number.hpp"

#include <algorithm>

namespace pier::http {

namespace {

std::string unfit_field(const fields& headers)
{
    std::string wrong;
    headers.for_each([&](std::string_view name, std::string_view value) {
        if (!valid_field(name, value))
            wrong = "`" + std::string(name.substr(0, 40)) +
                    "` is no name of a field, or its value has a line end";
        else if (iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding"))
            wrong = "the body's length is said by the client itself: leave out " + std::string(name);
    });
    return wrong;
}

std::string target_of(const url& to, target_choice form)
{
    switch (form) {
    case target_choice::absolute: return to.absolute_target();
    case target_choice::authority: return to.host_and_port();
    case target_choice::asterisk: return "*";
    default: return to.target();
    }
}

} // namespace

bool valid_field(std::string_view name, std::string_view value)
{
    return is_token(name) && std::ranges::all_of(value, is_field_char);
}

bool add_field_line(fields& into, std::string_view line)
{
    auto colon = line.find(':');
    if (colon == line.npos && line.ends_with(';')) {
        if (!is_token(line.substr(0, line.size() - 1)))
            return false;
        into.add(line.substr(0, line.size() - 1), "");
        return true;
    }
    if (colon == line.npos)
        return false;
    std::string_view name = line.substr(0, colon), value = trim_ows(line.substr(colon + 1));
    if (!valid_field(name, value))
        return false;
    into.add(name, value);
    return true;
}

std::string basic_credentials(std::string_view user_and_password)
{
    return "Basic " + base64(user_and_password);
}

bool has_field(const fields& in, std::string_view name)
{
    bool found = false;
    in.for_each([&](std::string_view n, std::string_view) { found = found || iequals(n, name); });
    return found;
}

std::string append_request_head(std::string& out, std::string_view method, const url& to, target_choice form,
                                const fields& headers, const request_framing& framing, bool close)
{
    if (!is_token(method))
        return "`" + std::string(method.substr(0, 40)) + "` is no method";
    if (std::string wrong = unfit_field(headers); !wrong.empty())
        return wrong;
    out.append(method).append(" ").append(target_of(to, form)).append(" HTTP/1.1\r\n");
    if (!has_field(headers, "Host"))
        out.append("Host: ")
            .append(form == target_choice::authority ? to.host_and_port() : to.authority())
            .append("\r\n");
    out.append(headers.text());
    if (framing.kind == request_framing::body::length) {
        out.append("Content-Length: ");
        append_number(out, framing.length);
        out.append("\r\n");
    } else if (framing.kind == request_framing::body::chunked) {
        out.append("Transfer-Encoding: chunked\r\n");
    }
    out.append(close ? "Connection: close\r\n\r\n" : "\r\n");
    return {};
}

} // namespace pier::http
