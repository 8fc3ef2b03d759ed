#include "pier/http/range.hpp"

#include "check.hpp"

#include <cstring>

// The input is the size, in its first two bytes, and the field.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    if (size < 2)
        return 0;
    std::uint64_t whole = data[0] * 256u + data[1];
    std::string_view field(reinterpret_cast<const char*>(data) + 2, size - 2);
    const range_limits limits;
    std::vector<byte_range> ranges;
    auto outcome = parse_range(field, whole, limits, ranges);
    check(ranges.empty() == (outcome != range_outcome::partial) && ranges.size() <= limits.max_ranges);
    std::uint64_t sum = 0;
    for (const auto& range : ranges) {
        check(range.first <= range.last && range.last < whole);
        sum += range.size();
        for (const auto& other : ranges)
            check(&other == &range || other.last + limits.coalesce_gap < range.first ||
                  range.last + limits.coalesce_gap < other.first);
    }
    check(sum <= whole);
    return 0;
}
