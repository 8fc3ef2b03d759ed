#include "pier/http/url.hpp"

#include "check.hpp"
#include "pier/http/host.hpp"
#include "pier/http/target.hpp"

#include <string>

using pier::http::url;

namespace {

/// Whatever was accepted is sound, and parses to itself.
void check_url(const url& u)
{
    std::string why;
    check(u.port != 0 && !u.host.empty() && u.path.starts_with('/'));
    check(pier::http::valid_host(u.authority()));
    const std::string where = u.target(), whole = u.absolute_target();
    auto target = pier::http::parse_target(where);
    check(target && target->path == u.path && target->query == u.query);
    auto absolute = pier::http::parse_target(whole);
    check(absolute && absolute->authority == u.authority());
    check((u.path + "/").find("/../") == std::string::npos &&
          (u.path + "/").find("/./") == std::string::npos);
    auto again = url::parse(u.to_string(), why);
    if (u.to_string().size() > url::longest)
        return; // what it held became longer by being encoded
    check(again.has_value());
    again->user = u.user;
    check(*again == u);
    std::string name = u.file_name();
    check(name.find('/') == name.npos && name.find('\0') == name.npos && name != "..");
}

} // namespace

/// A base and a reference, divided by a line end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view in(reinterpret_cast<const char*>(data), size);
    std::string_view first = in.substr(0, in.find('\n'));
    std::string why;
    auto base = url::parse(first, why);
    check(base.has_value() == why.empty());
    if (!base)
        return 0;
    check_url(*base);
    why.clear();
    auto found = base->resolve(in.substr(first.size() < in.size() ? first.size() + 1 : first.size()), why);
    check(found.has_value() == why.empty());
    if (!found)
        return 0;
    check_url(*found);
    check(found->user.empty() || found->user != base->user || found->same_origin(*base) ||
          in.find('@') != in.rfind('@'));
    return 0;
}
