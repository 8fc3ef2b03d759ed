#include "pier/get/load_config.hpp"

#include "pier/http/url.hpp"

#include <algorithm>

namespace pier::get {

namespace {

std::string wrong_urls(const std::vector<std::string>& urls)
{
    if (urls.size() > load_config::most_urls)
        return "--bench takes " + std::to_string(load_config::most_urls) + " URLs at most";
    std::string why;
    auto first = http::url::parse(urls.front(), why);
    for (const std::string& text : urls) {
        auto url = http::url::parse(text, why);
        if (!url)
            return "`" + text + "` " + why;
        if (!url->same_origin(*first))
            return "--bench measures one server, and " + url->origin() + " is another one than " +
                   first->origin();
    }
    return {};
}

} // namespace

std::string load_config::validate(const request_config& r) const
{
    if (r.urls.empty())
        return "--bench needs a URL";
    if (auto wrong = wrong_urls(r.urls); !wrong.empty())
        return wrong;
    if (connections(r) < threads)
        return "--threads " + std::to_string(threads) + " cannot share " + std::to_string(connections(r)) +
               " connections: each needs one at least, see --concurrency";
    if (!r.proxy.empty() && r.proxy != "none")
        return "--bench measures a server without anything in between: leave out --proxy";
    return {};
}

} // namespace pier::get
