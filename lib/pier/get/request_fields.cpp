#include "pier/get/request_fields.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/request_head.hpp"
#include "pier/ops/version.hpp"

#include <algorithm>

namespace pier::get {

http::fields request_fields(const request_config& r, const http::url& to)
{
    http::fields all;
    auto add_own = [&](std::string_view name, std::string_view value) {
        if (std::ranges::none_of(r.headers, [&](const header_line& h) { return iequals(h.name, name); }))
            all.add(name, value);
    };
    add_own("User-Agent", std::string("pier-get/") + ops::version);
    add_own("Accept", "*/*");
    if (r.data)
        add_own("Content-Type", "application/x-www-form-urlencoded");
    if (std::string user = to.credentials(); !user.empty())
        add_own("Authorization", http::basic_credentials(user));
    for (const header_line& h : r.headers)
        if (h.value)
            all.add(h.name, *h.value);
    return all;
}

} // namespace pier::get
