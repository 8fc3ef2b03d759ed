#include "pier/base/utf8.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier;

TEST_CASE("what is UTF-8, to the edges of RFC 3629's table")
{
    CHECK(is_utf8(""));
    for (auto good : {"a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                      "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
        CHECK(utf8_length(good) == std::string_view(good).size());
        CHECK(is_utf8(std::string("x").append(good).append("y")));
    }
    for (auto bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf",
                     "\xe0\xa0", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80",
                     "\xf5\x80\x80\x80", "\xff"}) {
        CHECK(utf8_length(bad) == 0);
        CHECK_FALSE(is_utf8(std::string("x").append(bad)));
    }
}
