#include "check.hpp"
#include "pier/ping/duration.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ping;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto time = parse_time(text)) {
        check(*time >= 0);
        check(parse_time(format_time(*time)) == time);
    }
    if (auto share = parse_percent(text)) {
        check(*share <= 10'000);
        check(parse_percent(format_percent(*share)) == share);
    }
    return 0;
}
