#include "pier/get/operands.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::get {

namespace {

/// RFC 3986 3.3 pchar and "/", and the `?` before a query.
constexpr byte_set file_chars = alnum_chars.with(byte_set("-._~!$&'()*+,;=:@/?"));

bool is_number(std::string_view word)
{
    return !word.empty() && std::ranges::all_of(word, is_digit);
}

operands wrong(std::string sentence)
{
    return {{}, false, std::move(sentence)};
}

/// RFC 3986 3.1.
std::string_view scheme_of(std::string_view url)
{
    auto end = url.find("://");
    return end == url.npos ? std::string_view() : url.substr(0, end);
}

std::string with_scheme(std::string_view url)
{
    return (scheme_of(url).empty() ? "http://" : "") + std::string(url);
}

operands one_file(std::span<const std::string> words)
{
    std::string_view given = words[0];
    std::string_view scheme = scheme_of(given);
    std::string_view host = scheme.empty() ? given : given.substr(scheme.size() + 3);
    if (host.ends_with('/'))
        host.remove_suffix(1);
    auto port = parse_port(words[1]);
    if (!port || *port == 0)
        return wrong("PORT `" + words[1] + "` is not a port from 1 to 65535");
    if (host.empty() || host.find('/') != host.npos)
        return wrong("HOST `" + words[0] + "` is not a host: pier-get HOST PORT FILE");
    bool bare_v6 = host.front() != '[' && std::ranges::count(host, ':') > 1;
    if (!bare_v6 && host.find(':', host.front() == '[' ? host.find(']') : 0) != host.npos)
        return wrong("HOST `" + words[0] + "` has a port of its own: leave it out, PORT says it");
    std::string url = scheme.empty() ? "http" : std::string(scheme);
    url += "://" + (bare_v6 ? "[" + std::string(host) + "]" : std::string(host));
    url += ":" + std::to_string(*port);
    std::string file = escape_file(words[2]);
    return {{url + (file.starts_with('/') ? "" : "/") + file}, true, {}};
}

} // namespace

std::string escape_file(std::string_view file)
{
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out;
    for (std::size_t i = 0; i < file.size(); ++i) {
        char c = file[i];
        bool escape =
            c == '%' && i + 2 < file.size() && hex_value(file[i + 1]) >= 0 && hex_value(file[i + 2]) >= 0;
        if (escape || file_chars.contains(c)) {
            out.push_back(c);
            continue;
        }
        auto byte = static_cast<unsigned char>(c);
        out.append({'%', hex[byte >> 4], hex[byte & 15]});
    }
    return out;
}

operands read_operands(std::span<const std::string> words)
{
    if (words.size() == 3 && is_number(words[1]))
        return one_file(words);
    if (words.size() == 2 && is_number(words[1]))
        return wrong("FILE is missing: pier-get " + words[0] + " " + words[1] + " FILE");
    operands result;
    for (const std::string& word : words) {
        if (word.empty())
            return wrong("a URL is empty");
        result.urls.push_back(with_scheme(word));
    }
    return result;
}

} // namespace pier::get
