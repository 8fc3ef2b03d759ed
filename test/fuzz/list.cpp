#include "pier/base/list.hpp"

#include "check.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const char* from = text.data();
    std::size_t count = 0;
    pier::for_each_element(text, [&](std::string_view element) {
        check(!element.empty() && element == pier::trim_ows(element));
        check(element.data() >= from && element.data() + element.size() <= text.data() + size);
        from = element.data() + element.size();
        ++count;
    });
    check(count <= pier::max_list_elements && count <= size);
    check(!pier::has_token(text, "close") || text.size() >= 5);
    return 0;
}
