#include "pier/http/content_range.hpp"

#include <catch2/catch.hpp>

using namespace pier::http;

TEST_CASE("which part of what a 206 brings")
{
    auto part = parse_content_range("bytes 0-499/1234");
    REQUIRE(part);
    CHECK(part->range == byte_range{0, 499});
    CHECK(part->size == 1234u);
    part = parse_content_range(" Bytes 42-42/* ");
    REQUIRE(part);
    CHECK(part->range == byte_range{42, 42});
    CHECK_FALSE(part->size);
    part = parse_content_range("bytes */1234");
    REQUIRE(part);
    CHECK_FALSE(part->range);
    CHECK(part->size == 1234u);
}

TEST_CASE("a Content-Range that says nothing sensible")
{
    for (const char* bad :
         {"", "bytes", "bytes ", "bytes 0-1", "bytes */*", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-1/x",
          "items 0-1/2", "bytes 0-1/2/3", "bytes -1/2", "bytes 0-/2", "bytes +0-1/2", "bytes 0x0-1/2",
          "bytes 0-18446744073709551615/*", "bytes 0-18446744073709551616/*", "bytes=0-1/2"})
        CHECK_FALSE(parse_content_range(bad));
}
