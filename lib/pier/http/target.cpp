#include "pier/http/target.hpp"

#include "pier/http/host.hpp"

#include <algorithm>

namespace pier::http {

namespace {

constexpr byte_set path_chars = detail::segment_chars.with(byte_set("/"));
constexpr byte_set query_chars = path_chars.with(byte_set("?"));

bool is_control(char c)
{
    auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

/// The byte that the three characters at `at` stand for, or -1.
int decoded_byte(std::string_view text, std::size_t at)
{
    if (text.size() - at < 3)
        return -1;
    int high = hex_value(text[at + 1]);
    int low = hex_value(text[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/// Where the characters of `allowed` and good percent-encodings end.
std::size_t span_of(std::string_view text, const byte_set& allowed)
{
    std::size_t at = 0;
    while (at < text.size()) {
        if (allowed.contains(text[at]))
            ++at;
        else if (text[at] == '%' && decoded_byte(text, at) >= 0)
            at += 3;
        else
            break;
    }
    return at;
}

/// path-abempty [ "?" query ] to the end of `text`.
bool parse_path_and_query(std::string_view text, request_target& target)
{
    std::size_t path_size = span_of(text, path_chars);
    target.path = text.substr(0, path_size);
    if (path_size == text.size())
        return true;
    if (text[path_size] != '?')
        return false;
    target.query = text.substr(path_size + 1);
    return span_of(*target.query, query_chars) == target.query->size();
}

/// Decodes one segment to the end of `out`.
bool append_decoded(std::string_view segment, std::string& out)
{
    for (std::size_t at = 0; at < segment.size(); ++at) {
        char c = segment[at];
        if (c == '%') {
            int byte = decoded_byte(segment, at);
            if (byte <= 0 || byte == '/') // other control bytes may stand in the name of a file
                return false;
            c = static_cast<char>(byte);
            at += 2;
        } else if (is_control(c)) {
            return false;
        }
        if (c == '\\')
            return false;
        out += c;
    }
    return true;
}

} // namespace

std::optional<request_target> parse_target(std::string_view text, bool connect)
{
    request_target target;
    if (connect) {
        auto host = split_host(text);
        if (!host || !host->port)
            return std::nullopt;
        target.form = target_form::authority;
        target.authority = text;
        return target;
    }
    if (text.starts_with('/'))
        return parse_path_and_query(text, target) ? std::optional(target) : std::nullopt;
    if (text == "*") {
        target.form = target_form::asterisk;
        return target;
    }

    std::size_t colon = std::min(text.find(':'), text.size());
    target.form = target_form::absolute;
    target.scheme = text.substr(0, colon);
    text.remove_prefix(colon);
    if ((!iequals(target.scheme, "http") && !iequals(target.scheme, "https")) || !text.starts_with("://"))
        return std::nullopt;
    text.remove_prefix(3);
    target.authority = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(target.authority.size());
    if (!valid_host(target.authority) || !parse_path_and_query(text, target))
        return std::nullopt;
    if (target.path.empty())
        target.path = "/"; // RFC 9112 3.2.1
    return target;
}

bool decode_path(std::string_view path, std::string& out)
{
    out.clear();
    if (!path.starts_with('/'))
        return false;
    out = '/';
    // `out` ends with a slash whenever a segment begins. What that decodes to is appended, perhaps undone.
    while (!path.empty()) {
        path.remove_prefix(1);
        std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        std::size_t begin = out.size();
        if (!append_decoded(segment, out))
            return false;
        std::string_view name = std::string_view(out).substr(begin);
        if (name.empty() || name == ".") {
            out.resize(begin);
        } else if (name == "..") {
            std::size_t parent = begin == 1 ? 0 : out.rfind('/', begin - 2);
            out.resize(parent + 1);
        } else if (!path.empty()) {
            out += '/';
        }
    }
    return true;
}

} // namespace pier::http
