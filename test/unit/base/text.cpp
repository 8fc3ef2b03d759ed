#include "pier/base/text.hpp"

#include "pier/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace pier;

TEST_CASE("edit distance counts each slip once")
{
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("listen", "listen") == 0);
    CHECK(edit_distance("lisen", "listen") == 1);
    CHECK(edit_distance("lissten", "listen") == 1);
    CHECK(edit_distance("lixten", "listen") == 1);
    CHECK(edit_distance("litsen", "listen") == 1);
    CHECK(edit_distance("ilsten", "listen") == 1);
    CHECK(edit_distance("listne", "listen") == 1);
    CHECK(edit_distance("ab", "ba") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("ca", "abc") == 3);
}

TEST_CASE("edit distance is symmetric")
{
    constexpr std::array<std::string_view, 5> words = {"", "a", "threads", "theards", "index"};
    for (auto a : words)
        for (auto b : words)
            CHECK(edit_distance(a, b) == edit_distance(b, a));
}

TEST_CASE("the nearest name is offered, and none for a word that is like no other")
{
    constexpr std::array<std::string_view, 5> names = {"listen", "lan", "links", "index", "max-ranges"};
    CHECK(nearest("lissen", names) == "listen");
    CHECK(nearest("max-range", names) == "max-ranges");
    CHECK(nearest("maxranges", names) == "max-ranges");
    CHECK(nearest("link", names) == "links");
    CHECK(nearest("lam", names) == "lan");
    CHECK(nearest("lissem", names) == "listen");
    CHECK_FALSE(nearest("lxx", names));
    CHECK_FALSE(nearest("lxxxen", names));
    CHECK(nearest("listen", names) == "listen");
    CHECK_FALSE(nearest("frobnicate", names));
    CHECK_FALSE(nearest("", names));
    CHECK_FALSE(nearest("listen", {}));
    const std::string longest(64, 'l');
    const std::string longer(65, 'l');
    const std::array<std::string_view, 2> long_names = {longest, longer};
    CHECK(nearest(longest, long_names) == longest);
    CHECK_FALSE(nearest(longer, long_names));
    // of two that are equally near the first
    constexpr std::array<std::string_view, 2> alike = {"bat", "cat"};
    CHECK(nearest("rat", alike) == "bat");
}

TEST_CASE("escaped text holds no markup")
{
    CHECK(html_escape(R"(<a href="x">'&amp;'</a>)") ==
          "&lt;a href=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/a&gt;");
    CHECK(html_escape("plain \xc3\xa9") == "plain \xc3\xa9");
}

TEST_CASE("an encoded path keeps what RFC 3986 lets stand in a path, save the colon")
{
    CHECK(percent_encode_path("/a-b._~!$&'()*+,;=@/Z9") == "/a-b._~!$&'()*+,;=@/Z9");
    CHECK(percent_encode_path("a:b") == "a%3Ab");
    CHECK(percent_encode_path("50% #1?") == "50%25%20%231%3F");
    CHECK(percent_encode_path("\xff\n\"<>\\") == "%FF%0A%22%3C%3E%5C");
}

TEST_CASE("every byte of a path survives encoding")
{
    for (int byte = 0; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        std::string encoded = percent_encode_path(std::string_view(&c, 1));
        CAPTURE(byte, encoded);
        if (encoded.size() == 1)
            CHECK(encoded[0] == c);
        else
            CHECK(hex_value(encoded[1]) * 16 + hex_value(encoded[2]) == byte);
    }
}

TEST_CASE("a terminal is shown no controls")
{
    CHECK(visible("plain \u4f60\u597d \"\\") == "plain \u4f60\u597d \"\\");
    CHECK(visible("\x1b]0;x\x07") == "\\x1b]0;x\\x07");
    CHECK(visible(std::string_view("a\0b\r\x7f", 5)) == "a\\x00b\\x0d\\x7f");
    CHECK(visible("\xc2\x9b") == "\\xc2\\x9b"); // CSI in eight bits
    CHECK(visible("\x9b\xff") == "\\x9b\\xff");
    CHECK(visible("\xc2\xa0") == "\xc2\xa0");
}
