#include "pier/get/redirect.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/text.hpp"

#include <algorithm>
#include <utility>

namespace pier::get {

namespace {

redirected refused(std::string why)
{
    redirected result;
    result.wrong = std::move(why);
    return result;
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::ranges::any_of(names, [&](std::string_view each) { return iequals(each, name); });
}

} // namespace

bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

redirected follow(const http::url& from, std::string_view method, int status,
                  std::optional<std::string_view> location)
{
    if (!location)
        return refused("without saying where to");
    std::string why;
    auto to = from.resolve(*location, why);
    if (!to)
        return refused("to `" + visible(*location) + "`, which " + why);
    if (from.secure() && !to->secure())
        return refused("from https to " + to->to_string() +
                       ", which everybody on the way could read and change");
    redirected result;
    result.with_credentials = from.same_origin(*to);
    result.to = std::move(*to);
    result.method = method;
    // Of old, 301 and 302 make a GET of a POST; 303 makes one of all but HEAD.
    bool becomes_get =
        status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST";
    if (becomes_get) {
        result.method = "GET";
        result.with_content = false;
    }
    return result;
}

bool is_credential(std::string_view name)
{
    return is_one_of(name, {"Authorization", "Cookie", "Proxy-Authorization"});
}

bool describes_content(std::string_view name)
{
    return istarts_with(name, "Content-") || is_one_of(name, {"Digest", "Repr-Digest", "Last-Modified"});
}

} // namespace pier::get
