#include "check.hpp"
#include "pier/ping/codec.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ping;
    std::span<const char> packet(reinterpret_cast<const char*>(data), size);
    probe_table sent(64, 0);
    for (int i = 0; i < 100; ++i)
        sent.open();
    for (auto make : {+[] { return stamp_codec(0, 0, nullptr); }, +[] { return text_codec(0); },
                      +[] { return icmp_codec(0, false); }, +[] { return icmp_codec(0, true); }})
        if (auto a = make()->read(packet, sent, 1'700'000'000'000'000'000)) {
            match m = sent.take(*a, 1000, 10);
            check(m != match::in_time || a->token == 0);
        }
    return 0;
}
