#include "pier/http/content_range.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>

// Content-Range: what is taken lies within itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    auto found = pier::http::parse_content_range({reinterpret_cast<const char*>(data), size});
    if (!found)
        return 0;
    check(found->range || found->size);
    if (found->range)
        check(found->range->first <= found->range->last && found->range->size() != 0);
    if (found->range && found->size)
        check(found->range->last < *found->size);
    return 0;
}
