#include "pier/http/negotiation.hpp"

#include "check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

// The input is how many codings are available, in its first byte, and the field.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    if (size < 1)
        return 0;
    constexpr std::array preferred = {content_coding::br, content_coding::zstd, content_coding::gzip};
    auto available = std::span(preferred).first(data[0] % 4u);
    std::string_view field(reinterpret_cast<const char*>(data) + 1, size - 1);
    auto chosen = choose_coding(field, available);
    if (!chosen)
        check(field.find('0') != field.npos);
    else if (*chosen != content_coding::identity)
        check(std::find(available.begin(), available.end(), *chosen) != available.end() && field.size() > 0);
    return 0;
}
