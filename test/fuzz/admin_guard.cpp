#include "check.hpp"
#include "pier/admin/guard.hpp"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::admin;
    static const known_hosts local({*pier::net::endpoint::parse("127.0.0.1:8600")}, {"ops.example"});
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (local.allows(text))
        check(text.find_first_of("/@, \\?#") == text.npos);
    if (same_origin(text, "localhost:8600"))
        check(text.size() <= 22);
    if (auto limit = limit_in(text, 1000, 5000))
        check(*limit >= 1 && *limit <= 5000);
    if (level_in(text))
        check(text.find_first_not_of(" \t\r\n{}\":abcdefghijklmnopqrstuvwxyz") == text.npos);
    return 0;
}
