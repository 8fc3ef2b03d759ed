#include "pier/http/url.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/host.hpp"
#include "pier/http/idn.hpp"

#include <algorithm>

namespace pier::http {

namespace {

constexpr byte_set path_chars = alnum_chars.with(byte_set("-._~!$&'()*+,;=:@/[]"));
constexpr byte_set query_chars = path_chars.with(byte_set("?"));
constexpr byte_set scheme_chars = alnum_chars.with(byte_set("+-."));

constexpr std::uint16_t default_port(bool secure)
{
    return secure ? 443 : 80;
}

bool is_escape(std::string_view text, std::size_t at)
{
    return text.size() - at >= 3 && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
}

/// What may not stand there becomes %XX; what is encoded stays.
std::string encode(std::string_view text, const byte_set& allowed)
{
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        if (allowed.contains(text[i]) || (text[i] == '%' && is_escape(text, i)))
            out += text[i];
        else
            out.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

std::string decode(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool escape = text[i] == '%' && is_escape(text, i);
        out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        i += escape ? 2 : 0;
    }
    return out;
}

/// The scheme that a reference begins with, RFC 3986 3.1; empty: it has none.
std::string_view scheme_of(std::string_view text)
{
    std::size_t end = 0;
    while (end < text.size() && scheme_chars.contains(text[end]))
        ++end;
    bool good = end > 0 && end < text.size() && text[end] == ':' && is_alpha(text[0]);
    return text.substr(0, good ? end : 0);
}

/// RFC 3986 5.2.4. `path` begins with a slash, and so does the result.
std::string without_dots(std::string_view path)
{
    auto is_dot = [](std::string_view s) { return s == "." || iequals(s, "%2e"); };
    auto is_dots = [](std::string_view s) {
        return s == ".." || iequals(s, ".%2e") || iequals(s, "%2e.") || iequals(s, "%2e%2e");
    };
    std::string out;
    while (!path.empty()) {
        std::size_t end = std::min(path.find('/', 1), path.size());
        std::string_view segment = path.substr(1, end - 1);
        bool last = end == path.size();
        if (is_dots(segment)) {
            out.resize(out.empty() ? 0 : out.rfind('/'));
            out.append(last ? "/" : "");
        } else if (is_dot(segment)) {
            out.append(last ? "/" : "");
        } else {
            out.append(path.substr(0, end));
        }
        path.remove_prefix(end);
    }
    return out.empty() ? "/" : out;
}

bool has_control(std::string_view text)
{
    return std::ranges::any_of(text, [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

class parser {
public:
    parser(url& into, std::string& why) : into_(into), why_(why) {}

    /// [ userinfo "@" ] host [ ":" port ]
    bool authority(std::string_view text)
    {
        if (auto at = text.rfind('@'); at != text.npos) {
            into_.user = encode(text.substr(0, at), path_chars);
            text.remove_prefix(at + 1);
        }
        std::string_view rest;
        if (!(text.starts_with('[') ? address(text, rest) : name(text, rest)))
            return false;
        if (rest.size() <= 1) {
            into_.port = default_port(into_.secure());
            return true;
        }
        auto port = parse_port(rest.substr(1));
        if (!port || *port == 0)
            return fail("has no port of 1 to 65535 after its host");
        into_.port = *port;
        return true;
    }

    void path_and_rest(std::string_view text)
    {
        std::string_view before = text.substr(0, text.find('#'));
        into_.fragment =
            before.size() < text.size() ? encode(text.substr(before.size() + 1), query_chars) : "";
        std::string_view path = before.substr(0, before.find('?'));
        into_.path = without_dots(path.empty() ? "/" : encode(path, path_chars));
        into_.query.reset();
        if (path.size() < before.size())
            into_.query = encode(before.substr(path.size() + 1), query_chars);
    }

    bool fail(std::string why)
    {
        why_ = std::move(why);
        return false;
    }

private:
    /// "[" IPv6address "]", perhaps with a zone (RFC 6874; as people write it too).
    bool address(std::string_view text, std::string_view& rest)
    {
        auto close = text.find(']');
        if (close == text.npos)
            return fail("has no `]` after its IPv6 address");
        std::string_view inner = text.substr(1, close - 1);
        std::string_view plain = inner.substr(0, inner.find('%'));
        std::string_view zone = inner.substr(plain.size());
        if (zone.starts_with("%25"))
            zone.remove_prefix(3);
        else if (!zone.empty())
            zone.remove_prefix(1);
        bool has_zone = plain.size() < inner.size();
        constexpr byte_set zone_chars = alnum_chars.with(byte_set("-._~"));
        if (!is_ipv6_address(plain) || (has_zone && (zone.empty() || !zone_chars.contains_all(zone))))
            return fail("has no IPv6 address between its brackets");
        into_.host = lower(plain);
        if (has_zone)
            into_.host.append("%").append(zone);
        rest = text.substr(close + 1);
        return rest.empty() || rest.front() == ':' || fail("has no port after its IPv6 address");
    }

    bool name(std::string_view text, std::string_view& rest)
    {
        std::string host = decode(text.substr(0, text.find(':')));
        rest = text.substr(std::min(text.find(':'), text.size()));
        if (host.empty())
            return fail("has no host");
        if (has_control(host))
            return fail("has a host that no host can have");
        bool ascii = std::ranges::all_of(host, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (!ascii) {
            auto labels = to_a_labels(host, why_);
            if (!labels)
                return false;
            host = *labels;
        }
        constexpr byte_set name_chars = alnum_chars.with(byte_set("-._~"));
        if (host.empty() || host.front() == '.' || host.size() > 253 || !name_chars.contains_all(host))
            return fail("has a host that no host can have");
        into_.host = lower(host);
        return true;
    }

    static std::string lower(std::string_view text)
    {
        std::string out(text);
        std::ranges::transform(out, out.begin(), to_lower);
        return out;
    }

    url& into_;
    std::string& why_;
};

} // namespace

std::optional<url> url::parse(std::string_view text, std::string& why)
{
    url result;
    parser p(result, why);
    std::string_view scheme = scheme_of(text);
    bool known = iequals(scheme, "http") || iequals(scheme, "https");
    if (text.size() > longest) {
        why = "is longer than " + std::to_string(longest) + " bytes";
    } else if (has_control(text)) {
        why = "has a line end or another control byte";
    } else if (!known || !text.substr(scheme.size()).starts_with("://")) {
        why = known || scheme.empty() ? "does not begin with http:// or https://"
                                      : "is of a kind that is not spoken here: only http and https";
    } else {
        result.scheme = iequals(scheme, "https") ? "https" : "http";
        text.remove_prefix(scheme.size() + 3);
        std::string_view authority = text.substr(0, text.find_first_of("/?#"));
        if (p.authority(authority)) {
            p.path_and_rest(text.substr(authority.size()));
            return result;
        }
    }
    return std::nullopt;
}

std::optional<url> url::resolve(std::string_view reference, std::string& why) const
{
    if (reference.size() > longest) {
        why = "is longer than " + std::to_string(longest) + " bytes";
        return std::nullopt;
    }
    if (has_control(reference)) {
        why = "has a line end or another control byte";
        return std::nullopt;
    }
    std::optional<url> result;
    if (!scheme_of(reference).empty()) {
        result = parse(reference, why);
    } else if (reference.starts_with("//")) {
        result = parse(scheme + ":" + std::string(reference), why);
    } else {
        result = *this;
        std::string_view new_path = reference.substr(0, reference.find_first_of("?#"));
        std::string whole;
        if (new_path.empty())
            whole = path + (reference.starts_with('?') || !query ? "" : "?" + *query);
        else if (!new_path.starts_with('/'))
            whole = path.substr(0, path.rfind('/') + 1);
        parser(*result, why).path_and_rest(whole.append(reference));
    }
    if (result && reference.find('#') == reference.npos)
        result->fragment = fragment;
    if (result && result->user.empty() && same_origin(*result))
        result->user = user;
    return result;
}

bool url::same_origin(const url& other) const
{
    return scheme == other.scheme && host == other.host && port == other.port;
}

std::string url::authority() const
{
    std::string plain = host.substr(0, host.find('%'));
    std::string name = plain.find(':') != plain.npos ? "[" + plain + "]" : plain;
    return port == default_port(secure()) ? name : name + ":" + std::to_string(port);
}

std::string url::host_and_port() const
{
    std::string name = authority();
    return port == default_port(secure()) ? name + ":" + std::to_string(port) : name;
}

std::string url::origin() const
{
    return scheme + "://" + authority();
}

std::string url::target() const
{
    return query ? path + "?" + *query : path;
}

std::string url::to_string() const
{
    std::string text = absolute_target();
    if (auto zone = host.find('%'); zone != host.npos)
        text.insert(text.find(']'), "%25" + host.substr(zone + 1));
    return fragment.empty() ? text : text + "#" + fragment;
}

std::string url::credentials() const
{
    if (user.empty())
        return {};
    auto colon = std::min(user.find(':'), user.size());
    return decode(user.substr(0, colon)) + ":" +
           decode(std::string_view(user).substr(std::min(colon + 1, user.size())));
}

std::string url::file_name() const
{
    std::string name = decode(std::string_view(path).substr(path.rfind('/') + 1));
    bool none =
        name == "." || name == ".." || name.size() > 255 || name.find('/') != name.npos || has_control(name);
    return none ? std::string() : name;
}

} // namespace pier::http
