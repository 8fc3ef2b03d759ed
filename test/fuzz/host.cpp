#include "pier/http/host.hpp"

#include "check.hpp"

#include <arpa/inet.h>
#include <cstddef>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    std::string text(reinterpret_cast<const char*>(data), size);
    if (auto parts = split_host(text)) {
        check(!parts->host.empty() && text.starts_with(parts->host));
        check(text.find_first_of("/@, \\?#\"<>\t\r\n") == text.npos);
        check(valid_host(parts->host) && (parts->port || text.size() <= parts->host.size() + 1));
    }
    unsigned char address[16];
    if (text.find('\0') == text.npos)
        check(is_ipv6_address(text) == (inet_pton(AF_INET6, text.c_str(), address) == 1));
    return 0;
}
