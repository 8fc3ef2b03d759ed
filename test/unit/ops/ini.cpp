#include "pier/ops/ini.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace pier::ops;

namespace {

ini_sections good(std::string_view text)
{
    auto read = read_ini(text);
    if (auto* wrong = std::get_if<ini_error>(&read))
        FAIL(wrong->line << ": " << wrong->what);
    return std::get<ini_sections>(read);
}

/// "LINE: what", or "none".
std::string error(std::string_view text)
{
    auto read = read_ini(text);
    auto* wrong = std::get_if<ini_error>(&read);
    return wrong ? std::to_string(wrong->line) + ": " + wrong->what : "none";
}

std::string value(std::string_view written)
{
    auto sections = good("key = " + std::string(written));
    REQUIRE(sections.front().entries.size() == 1);
    return sections.front().entries.front().value;
}

} // namespace

TEST_CASE("an INI file is sections of keys with values")
{
    auto sections = good("threads = 2\n"
                         "\n"
                         "# a comment\n"
                         "  ; and another\n"
                         "[httpd]\n"
                         "root=/srv\n"
                         "\tindex\t=\ta.html  \n"
                         "index = b.html\n"
                         "[companyd.north-1]\n"
                         "[httpd]\n"
                         "lan = yes");
    REQUIRE(sections.size() == 4);
    CHECK(sections[0].name.empty());
    REQUIRE(sections[0].entries.size() == 1);
    CHECK(sections[0].entries[0].key == "threads");
    CHECK(sections[0].entries[0].value == "2");
    CHECK(sections[0].entries[0].line == 1);
    CHECK(sections[1].name == "httpd");
    CHECK(sections[1].line == 5);
    REQUIRE(sections[1].entries.size() == 3);
    CHECK(sections[1].entries[0].value == "/srv");
    CHECK(sections[1].entries[1].key == "index");
    CHECK(sections[1].entries[1].value == "a.html");
    CHECK(sections[1].entries[2].value == "b.html");
    CHECK(sections[1].entries[2].line == 8);
    CHECK(sections[2].name == "companyd.north-1");
    CHECK(sections[2].entries.empty());
    CHECK(sections[3].entries.at(0).line == 11);
}

TEST_CASE("an empty INI file has the unnamed section")
{
    for (std::string_view text : {"", "\n", "\r\n\r\n", "# only", "\xef\xbb\xbf"}) {
        auto sections = good(text);
        REQUIRE(sections.size() == 1);
        CHECK(sections[0].name.empty());
        CHECK(sections[0].entries.empty());
    }
}

TEST_CASE("a value of an INI file stands as it is")
{
    CHECK(value("a # b ; c") == "a # b ; c");
    CHECK(value("#fff") == "#fff");
    CHECK(value("*.css=max-age=3600") == "*.css=max-age=3600");
    CHECK(value("say \"hello\"") == "say \"hello\"");
    CHECK(value("C:\\new\\table") == "C:\\new\\table");
    CHECK(value("").empty());
    CHECK(value("   ").empty());
    CHECK(value("[x]") == "[x]");
    CHECK(value("\xc3\xa4") == "\xc3\xa4");
}

TEST_CASE("quotes keep spaces and take escapes")
{
    CHECK(value(R"("  a  ")") == "  a  ");
    CHECK(value(R"("")").empty());
    CHECK(value(R"("a \"b\" \\ c")") == R"(a "b" \ c)");
    CHECK(value(R"("one\ntwo\r\tx")") == "one\ntwo\r\tx");
    CHECK(value(R"("a # b"   )") == "a # b");
    CHECK(error("\nk = \"open\n") == "2: the closing quote is missing");
    CHECK(error("k = \"open\\\"\n") == "1: the closing quote is missing");
    CHECK(error("k = \"a\" b\n") == "1: something stands after the closing quote");
    CHECK(error("k = \"a\\x\"\n") == "1: in quotes a backslash stands before one of \" \\ n r t");
    CHECK(error("k = \"a\\\n") == "1: in quotes a backslash stands before one of \" \\ n r t");
}

TEST_CASE("line ends of DOS and a byte order mark are no part of an INI file's values")
{
    auto sections = good("\xef\xbb\xbfkey = a\r\n[s]\r\nb = \"c\"\r\nd =\r\n");
    REQUIRE(sections.size() == 2);
    CHECK(sections[0].entries.at(0).key == "key");
    CHECK(sections[0].entries.at(0).value == "a");
    CHECK(sections[1].entries.at(0).value == "c");
    CHECK(sections[1].entries.at(1).value.empty());
}

TEST_CASE("what is no INI file is refused with its line")
{
    constexpr auto neither = ": is neither [SECTION] nor KEY = VALUE";
    CHECK(error("a = 1\nb\n") == std::string("2") + neither);
    CHECK(error("= 1") == std::string("1") + neither);
    CHECK(error("a b = 1") == std::string("1") + neither);
    CHECK(error("httpd.root = 1") == std::string("1") + neither);
    CHECK(error("\n\n[a") == "3: the closing bracket is missing");
    CHECK(error("[a] b = c") == "1: something stands after the closing bracket");
    for (auto name : {"[]", "[.]", "[a.]", "[.a]", "[a.b.c]", "[a b]", "[ a ]", "[[a]"})
        CHECK(error(name) == "1: is not [NAME] or [NAME.INSTANCE]");
    CHECK(error(std::string_view("a = x\0y", 7)) == "1: holds a NUL byte: is this a text file?");
    CHECK(error(std::string_view("[\0]", 3)) == "1: holds a NUL byte: is this a text file?");
}

TEST_CASE("an INI file has its limit")
{
    CHECK(error("#" + std::string(max_ini_size - 1, 'x')) == "none");
    CHECK(error("#" + std::string(max_ini_size, 'x')) ==
          "0: is larger than 1M, too large for a configuration");
}

TEST_CASE("a value is written as it will be read")
{
    CHECK(write_ini_value("a # b") == "a # b");
    CHECK(write_ini_value("").empty());
    CHECK(write_ini_value(" a") == "\" a\"");
    CHECK(write_ini_value("\"a\"") == R"("\"a\"")");
    std::mt19937 random(1); // the same strings in every run
    constexpr std::string_view alphabet = "ab#;=[]\"\\nrt \t\n\r\x7f\xff'";
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (auto length = random() % 8; length > 0; --length)
            text += alphabet[random() % alphabet.size()];
        CAPTURE(text);
        REQUIRE(value(write_ini_value(text)) == text);
    }
}
