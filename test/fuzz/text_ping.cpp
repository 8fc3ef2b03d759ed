#include "pier/ping/text_ping.hpp"

#include "check.hpp"
#include "pier/base/ascii.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier;
    std::string text(reinterpret_cast<const char*>(data), size);
    auto ping = ping::text_ping::parse(text);
    if (ping)
        check(ping::text_ping::parse(ping->to_string()) == ping);
    for (char& c : text)
        c = to_upper(c);
    check(ping::text_ping::parse(text) == ping);
    return 0;
}
