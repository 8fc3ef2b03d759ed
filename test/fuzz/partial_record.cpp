#include "pier/get/partial_record.hpp"

#include "check.hpp"

#include <cstddef>
#include <cstdint>

// The record beside a partial file: what is read is written again as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using pier::get::partial_record;
    auto found = partial_record::parse({reinterpret_cast<const char*>(data), size});
    if (!found)
        return 0;
    auto again = partial_record::parse(found->to_string());
    check(again && again->to_string() == found->to_string());
    if (found->done && found->size)
        check(found->done->bytes() <= *found->size);
    return 0;
}
