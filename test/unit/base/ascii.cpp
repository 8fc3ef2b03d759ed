#include "pier/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier;

TEST_CASE("tchar is exactly the set of RFC 9110 5.6.2")
{
    const std::string others = "!#$%&'*+-.^_`|~";
    for (int byte = 0; byte < 256; ++byte) {
        char c = static_cast<char>(byte);
        bool expected = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                        (byte >= 'A' && byte <= 'Z') || (byte != 0 && others.find(c) != others.npos);
        CAPTURE(byte);
        CHECK(is_tchar(c) == expected);
    }
    CHECK(is_token("content-length"));
    CHECK_FALSE(is_token(""));
    CHECK_FALSE(is_token("a b"));
    CHECK_FALSE(is_token(std::string_view("a\0b", 3)));
}

TEST_CASE("case folding touches ASCII letters only")
{
    for (int byte = 0; byte < 256; ++byte) {
        char c = static_cast<char>(byte);
        CAPTURE(byte);
        CHECK(to_lower(c) == ((byte >= 'A' && byte <= 'Z') ? static_cast<char>(byte + 32) : c));
        CHECK(to_upper(c) == ((byte >= 'a' && byte <= 'z') ? static_cast<char>(byte - 32) : c));
    }
    CHECK(iequals("Keep-Alive", "kEEP-aLIVE"));
    CHECK_FALSE(iequals("close", "closed"));
    // '@' and '`', '[' and '{' differ by 32 as letters do
    CHECK_FALSE(iequals("@[", "`{"));
    CHECK(istarts_with("Bytes=0-", "bytes="));
    CHECK_FALSE(istarts_with("byte", "bytes"));
    CHECK(istarts_with("x", ""));
}

TEST_CASE("field values hold no control byte but the tab")
{
    for (int byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        bool expected = byte == '\t' || (byte >= 32 && byte != 127);
        CHECK(is_field_char(static_cast<char>(byte)) == expected);
    }
}

TEST_CASE("optional white space is spaces and tabs, at the ends")
{
    CHECK(trim_ows(" \t a \tb\t ") == "a \tb");
    CHECK(trim_ows("").empty());
    CHECK(trim_ows(" \t ").empty());
    CHECK(trim_ows("\r\na") == "\r\na");
}

TEST_CASE("numbers are digits only and refuse to overflow")
{
    CHECK(parse_u64("0") == 0u);
    CHECK(parse_u64("007") == 7u);
    CHECK(parse_u64("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(parse_u64("18446744073709551616"));
    CHECK_FALSE(parse_u64("18446744073709551620"));
    CHECK_FALSE(parse_u64("99999999999999999999999"));
    for (const char* bad : {"", "+5", "-0", "0x5", " 5", "5 ", "5,5", "1e3", "\xb2"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_u64(bad));
    }
}

TEST_CASE("ports are digits only, in sixteen bits")
{
    CHECK(parse_port("0") == 0);
    CHECK(parse_port("65535") == 65535);
    CHECK(parse_port("0000080") == 80);
    for (const char* bad :
         {"", "65536", "4294967376", "18446744073709551696", "-1", "+80", " 80", "80 ", "8o"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_port(bad));
    }
}

TEST_CASE("hexadecimal digits of either case")
{
    int digits = 0;
    for (int byte = 0; byte < 256; ++byte)
        digits += hex_value(static_cast<char>(byte)) >= 0;
    CHECK(digits == 22);
    CHECK(hex_value('0') == 0);
    CHECK(hex_value('9') == 9);
    CHECK(hex_value('a') == 10);
    CHECK(hex_value('F') == 15);
    CHECK(hex_value('g') == -1);
    CHECK(hex_value('\xff') == -1);
}
