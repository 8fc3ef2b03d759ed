#include "pier/http/date.hpp"

#include "check.hpp"

#include <array>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::int64_t now = 1763719200;
    auto time = pier::http::parse_date(text, now);
    if (!time)
        return 0;
    std::array<char, pier::http::date_size> formatted{};
    pier::http::format_date(*time, formatted);
    // "9999-12-31 23:59:60" is the one time that is read and cannot be written
    auto again = pier::http::parse_date({formatted.data(), formatted.size()}, now);
    check(again && (*again == *time || *time == *again + 1));
    return 0;
}
