#include "pier/ping/stamp.hpp"

#include "check.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ping;
    std::span packet(reinterpret_cast<const char*>(data), size);
    for (auto mode : {stamp_mode::unauthenticated, stamp_mode::authenticated}) {
        char again[base_size(stamp_mode::authenticated)];
        auto sent = parse_sender(packet, mode);
        check(!sent || size >= least_sender_size);
        if (sent) {
            write(*sent, mode, again);
            check(parse_sender(std::span(again, base_size(mode)), mode) == sent);
            constexpr std::int64_t about = 1'700'000'000'000'000'000;
            auto format = sent->error.format();
            auto apart = from_timestamp(sent->timestamp, format, about) - about;
            check(apart == timestamp_difference(sent->timestamp, to_timestamp(about, format), format));
            check(sent->error.bound().count() >= 0 &&
                  sent->error.valid() == (sent->error.bound().count() > 0));
        }
        auto reflected = parse_reflector(packet, mode);
        check(bool(reflected) == (size >= base_size(mode)));
        if (reflected) {
            write(*reflected, mode, again);
            check(parse_reflector(again, mode) == reflected);
        }
    }
    return 0;
}
