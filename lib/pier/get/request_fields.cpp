#include "pier/get/request_fields.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/text.hpp"
#include "pier/get/decoder.hpp"
#include "pier/get/redirect.hpp"
#include "pier/http/request_head.hpp"
#include "pier/ops/version.hpp"

#include <algorithm>

namespace pier::get {

namespace {

bool is_said(const request_config& c, std::string_view name)
{
    return std::ranges::any_of(c.headers, [&](const header_line& h) { return iequals(h.name, name); });
}

} // namespace

http::fields fields_of(const request_config& c, const http::url& to, const request_kind& kind)
{
    http::fields result;
    auto by_itself = [&](std::string_view name, std::string_view value) {
        if (!is_said(c, name))
            result.add(name, value);
    };
    by_itself("User-Agent", std::string("pier-get/") + ops::version);
    by_itself("Accept", "*/*");
    by_itself("Accept-Encoding", kind.compressed ? accepted_codings : "identity");
    if (kind.credentials && !to.credentials().empty())
        by_itself("Authorization", http::basic_credentials(to.credentials()));
    if (kind.content)
        by_itself("Content-Type", "application/x-www-form-urlencoded");
    for (const header_line& h : c.headers) {
        bool meant =
            (kind.credentials || !is_credential(h.name)) && (kind.content || !describes_content(h.name));
        if (h.value && meant)
            result.add(h.name, *h.value);
    }
    if (!kind.range.empty())
        result.add("Range", kind.range);
    if (!kind.if_range.empty())
        result.add("If-Range", kind.if_range);
    return result;
}

std::string marked_lines(std::string_view mark, std::string_view head)
{
    std::string text;
    while (!head.empty()) {
        auto end = std::min(head.find("\r\n"), head.size());
        std::string_view line = head.substr(0, end);
        head.remove_prefix(std::min(end + 2, head.size()));
        if (!text.empty())
            text.push_back('\n');
        text.append(mark);
        auto colon = line.find(':');
        std::string_view name = line.substr(0, colon == line.npos ? 0 : colon);
        bool secret = is_credential(name) || iequals(name, "Set-Cookie");
        text.append(secret ? std::string(name) + ": (not shown)" : visible(line));
    }
    return text;
}

} // namespace pier::get
