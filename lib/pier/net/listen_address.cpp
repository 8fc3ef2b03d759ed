#include "pier/net/listen_address.hpp"

#include "pier/base/ascii.hpp"

#include <array>
#include <utility>

namespace pier::net {

namespace {

using how = listen_address::how;

/// Takes `scheme://` or, before `unix:`, `scheme+` off the front.
bool take_scheme(std::string_view& text, std::string_view scheme)
{
    if (scheme.empty() || !istarts_with(text, scheme))
        return false;
    std::string_view rest = text.substr(scheme.size());
    if (rest.starts_with("://"))
        rest.remove_prefix(3);
    else if (rest.starts_with("+unix:"))
        rest.remove_prefix(1);
    else
        return false;
    text = rest;
    return true;
}

std::string_view word(how spoken, const listen_schemes& schemes)
{
    switch (spoken) {
    case how::plain: return schemes.plain;
    case how::secure: return schemes.secure;
    case how::datagrams: return schemes.datagrams;
    case how::unsaid: break;
    }
    return {};
}

} // namespace

std::optional<listen_address> listen_address::parse(std::string_view text, const listen_schemes& schemes)
{
    listen_address result;
    for (how spoken : {how::plain, how::secure, how::datagrams})
        if (result.spoken == how::unsaid && take_scheme(text, word(spoken, schemes)))
            result.spoken = spoken;
    bool path = text.starts_with("unix:");
    if (result.spoken != how::unsaid && !path && text.ends_with('/'))
        text.remove_suffix(1);
    auto where = endpoint::parse(text);
    if (!where || (path && result.spoken == how::datagrams))
        return std::nullopt;
    result.where = *where;
    return result;
}

std::string listen_address::to_string(const listen_schemes& schemes) const
{
    std::string_view scheme = word(spoken, schemes);
    return scheme.empty() ? where.to_string() : where.to_url(scheme);
}

} // namespace pier::net
