#include "pier/base/json_text.hpp"

#include <catch2/catch.hpp>

using namespace std::string_literals;

namespace {

std::string json(std::string_view text)
{
    std::string out = "x";
    pier::append_json_text(out, text);
    return out.substr(1);
}

} // namespace

TEST_CASE("text without anything special stands as it is in JSON")
{
    CHECK(json("") == "");
    CHECK(json("GET /a?b=c HTTP/1.1") == "GET /a?b=c HTTP/1.1");
    CHECK(json("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\xa2") == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x9a\xa2");
    CHECK(json("\xc2\xa0\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf") ==
          "\xc2\xa0\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf");
}

TEST_CASE("quotes, backslashes and controls are escaped in JSON")
{
    CHECK(json("a\"b\\c") == R"(a\"b\\c)");
    CHECK(json("\r\n\t\0"s) == R"(\u000d\u000a\u0009\u0000)");
    CHECK(json("\x1b[31m\x7f") == R"(\u001b[31m\u007f)");
    CHECK(json("\xc2\x9b"
               "31m") == R"(\u009b31m)"); // CSI as one character
}

TEST_CASE("what is not UTF-8 becomes a replacement character in JSON, byte by byte")
{
    const std::string r = "\\ufffd";
    CHECK(json("a\xff\x80z") == "a" + r + r + "z");
    CHECK(json("\xc3") == r); // cut short
    CHECK(json("\xc3(") == r + "(");
    CHECK(json("\xe2\x82") == r + r);
    CHECK(json("\xf0\x9f\x9a") == r + r + r);
    CHECK(json("\xc0\xaf") == r + r);                 // overlong
    CHECK(json("\xe0\x9f\xbf") == r + r + r);         // overlong
    CHECK(json("\xf0\x8f\xbf\xbf") == r + r + r + r); // overlong
    CHECK(json("\xed\xa0\x80") == r + r + r);         // a surrogate
    CHECK(json("\xf4\x90\x80\x80") == r + r + r + r); // beyond U+10FFFF
    CHECK(json("\xf5\x80\x80\x80") == r + r + r + r);
    CHECK(json("\xc3\"") == r + "\\\""); // no quote hides behind a cut character
}
