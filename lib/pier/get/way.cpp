#include "pier/get/way.hpp"

#include "pier/http/proxy_environment.hpp"

#include <cstdlib>

namespace pier::get {

std::string choose_proxy(const std::string& option, const http::url& to, std::optional<http::url>& into)
{
    into.reset();
    if (option == "none")
        return {};
    if (option.empty()) {
        auto choice = http::proxy_for(to, [](const char* name) { return std::getenv(name); });
        into = std::move(choice.proxy);
        return choice.error;
    }
    std::string why;
    into = http::parse_proxy(option, why);
    return into ? std::string() : "--proxy `" + option + "` " + why;
}

} // namespace pier::get
