#include "pier/http/proxy_environment.hpp"

#include "check.hpp"

#include <string>

using namespace pier::http;

/// A URL, a proxy and a list of who needs none, each a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string in(reinterpret_cast<const char*>(data), size);
    auto line = [&] {
        std::string first = in.substr(0, in.find('\n'));
        in.erase(0, first.size() + 1);
        return std::string(first.c_str()); // as an environment variable has it
    };
    std::string to = line(), proxy = line(), none = line(), why;
    auto where = url::parse(to, why);
    if (!where)
        return 0;
    auto choice = proxy_for(*where, [&](const char* name) {
        std::string_view wanted(name);
        return wanted == "all_proxy" ? proxy.c_str() : wanted == "no_proxy" ? none.c_str() : nullptr;
    });
    check(!choice.proxy || choice.error.empty());
    check(!choice.proxy || (choice.proxy->port != 0 && choice.proxy->path == "/"));
    check(!choice.proxy || !in_no_proxy(none, *where));
    return 0;
}
