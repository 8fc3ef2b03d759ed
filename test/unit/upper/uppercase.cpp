#include "pier/upper/uppercase.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using pier::upper::uppercase;

namespace {

/// Written out, not computed.
char expected(unsigned char c)
{
    static const std::string small = "abcdefghijklmnopqrstuvwxyz", large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    auto at = small.find(static_cast<char>(c));
    return at == small.npos ? static_cast<char>(c) : large[at];
}

std::string upper(std::string text)
{
    uppercase(text);
    return text;
}

} // namespace

TEST_CASE("only a to z change")
{
    for (int c = 0; c < 256; ++c) {
        CAPTURE(c);
        CHECK(upper(std::string(1, static_cast<char>(c))) ==
              std::string(1, expected(static_cast<unsigned char>(c))));
    }
    CHECK(upper("az AZ `{@[ 09 &*!") == "AZ AZ `{@[ 09 &*!");
    CHECK(upper("na\u00efve stra\u00dfe \u4f60\u597d \U0001f600") ==
          "NA\u00efVE STRA\u00dfE \u4f60\u597d \U0001f600");
    using namespace std::string_literals;
    CHECK(upper("a\0b"s) == "A\0B"s);
}

TEST_CASE("every length at every alignment, with each byte in every place")
{
    constexpr std::size_t lengths = 301, alignments = 64, margin = 64;
    alignas(64) static char memory[margin + alignments + lengths + margin];
    unsigned wrong = 0;
    for (std::size_t alignment = 0; alignment < alignments; ++alignment)
        for (std::size_t length = 0; length < lengths; ++length) {
            // The bytes around it would change too, if they were touched.
            auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i * 7 + length + alignment); };
            for (std::size_t i = 0; i < sizeof memory; ++i)
                memory[i] = static_cast<char>(byte(i));
            std::size_t first = margin + alignment;
            bool changes = false;
            for (std::size_t i = first; i < first + length; ++i)
                changes = changes || expected(byte(i)) != static_cast<char>(byte(i));
            wrong += uppercase({memory + first, length}) != changes;
            for (std::size_t i = 0; i < sizeof memory; ++i) {
                bool inside = i >= first && i < first + length;
                wrong += memory[i] != (inside ? expected(byte(i)) : static_cast<char>(byte(i)));
            }
        }
    CHECK(wrong == 0);
}

TEST_CASE("uppercase of uppercase is itself")
{
    std::string text;
    for (int c = 0; c < 256; ++c)
        text += static_cast<char>(c);
    CHECK(upper(upper(text)) == upper(text));
    CHECK(uppercase(text));
    CHECK_FALSE(uppercase(text));
    CHECK_FALSE(uppercase({}));
}
