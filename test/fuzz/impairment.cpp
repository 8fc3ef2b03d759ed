#include "pier/ping/impairment.hpp"

#include "check.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ping;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto p = probability::parse(text)) {
        check(p->value() >= 0 && p->value() <= 1);
        auto again = probability::parse(p->to_string());
        check(again && again->value() == p->value() && again->to_string() == p->to_string());
    }
    if (auto bursts = burst_loss::parse(text)) {
        auto again = burst_loss::parse(bursts->to_string());
        check(again && again->to_string() == bursts->to_string());
    }
    return 0;
}
