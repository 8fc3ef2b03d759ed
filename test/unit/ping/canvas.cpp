#include "pier/ping/canvas.hpp"

#include <catch2/catch.hpp>

using namespace pier::ping;

TEST_CASE("two by four dots are a character of braille")
{
    canvas c(3, 1);
    CHECK(c.width() == 6);
    CHECK(c.height() == 4);
    CHECK(c.row(0) == "   ");
    c.dot(0, 0);
    c.dot(3, 3);
    c.bar(4, 3, 0);
    CHECK(c.row(0) == "\u2801\u2880\u2847");
    c.dot(100, 100); // outside
    CHECK(c.row(0) == "\u2801\u2880\u2847");
    c.bar(5, 0, 3);
    CHECK(c.row(0) == "\u2801\u2880\u28ff");
}
