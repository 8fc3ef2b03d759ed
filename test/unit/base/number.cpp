#include "pier/base/number.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>

namespace {

std::string appended(std::uint64_t n, int base = 10)
{
    std::string text = "n=";
    pier::append_number(text, n, base);
    return text;
}

} // namespace

TEST_CASE("numbers are appended to what is there")
{
    CHECK(appended(0) == "n=0");
    CHECK(appended(1234567) == "n=1234567");
    CHECK(appended(UINT64_MAX) == "n=18446744073709551615");
    CHECK(appended(255, 16) == "n=ff");
    CHECK(appended(UINT64_MAX, 16) == "n=ffffffffffffffff");
    CHECK(appended(35, 36) == "n=z");
    CHECK(appended(UINT64_MAX, 2) == "n=" + std::string(64, '1')); // the longest there is
}
