#include "check.hpp"
#include "pier/http/redirect.hpp"

/// A request's Host and path, whatever they hold, in two lines.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto end = text.find('\n');
    if (end == text.npos)
        return 0;
    std::string_view host = text.substr(0, end), path = text.substr(end + 1);
    if (auto url = https_location(host, path, std::nullopt, 8443)) {
        check(url->starts_with("https://"));
        auto authority = std::string_view(*url).substr(8, url->find('/', 8) - 8);
        check(authority.ends_with(":8443") && authority.find_first_of("@?#\\ \r\n") == authority.npos);
        check(url->ends_with(path.starts_with('/') ? path : std::string_view("/")));
    }
    is_acme_challenge(path);
    return 0;
}
