#include "pier/base/units.hpp"

#include "check.hpp"

#include <cstddef>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto duration = pier::parse_duration(text)) {
        check(duration->count() >= 0);
        check(pier::parse_duration(pier::format_duration(*duration)) == duration);
    }
    if (auto bytes = pier::parse_size(text))
        check(pier::parse_size(pier::format_size(*bytes)) == bytes);
    return 0;
}
