#include "pier/base/swar.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace pier;

namespace {

std::uint64_t word_of(std::string_view eight)
{
    std::uint64_t word;
    std::memcpy(&word, eight.data(), 8);
    return word;
}

std::string filled(std::size_t size, unsigned char with, std::size_t at, unsigned char byte)
{
    std::string text(size, static_cast<char>(with));
    text[at] = static_cast<char>(byte);
    return text;
}

} // namespace

TEST_CASE("every byte is judged for itself, whatever stands beside it")
{
    for (int filler : {0x00, 0x1f, 0x20, 0x21, 0x7f, 0x80, 0xa0, 0xff})
        for (unsigned byte = 0; byte < 256; ++byte)
            for (std::size_t at = 0; at < 8; ++at) {
                auto b = static_cast<unsigned char>(byte), around = static_cast<unsigned char>(filler);
                auto word = word_of(filled(8, around, at, b));
                bool less = (has_less(word, 0x20) != 0) == (b < 0x20 || around < 0x20);
                bool half = (has_less(word, 0x80) != 0) == (b < 0x80 || around < 0x80);
                bool equal = (has_byte(word, 0x7f) != 0) == (b == 0x7f || around == 0x7f);
                bool zero = (has_byte(word, 0) != 0) == (b == 0 || around == 0);
                if (!less || !half || !equal || !zero) {
                    CAPTURE(byte, filler, at);
                    CHECK((less && half && equal && zero));
                }
            }
    SUCCEED("the loop has reported what is wrong");
}

TEST_CASE("a byte is found in text of every length, at every place, and none where there is none")
{
    auto has_tab = [](std::string_view text) {
        return any_word(text, ' ', [](std::uint64_t word) { return has_byte(word, '\t'); });
    };
    CHECK_FALSE(has_tab({}));
    for (std::size_t size = 1; size <= 40; ++size) {
        // of exactly this size, so that a look past the end is seen by the address sanitizer
        std::vector<char> text(size, 'x');
        CAPTURE(size);
        CHECK_FALSE(has_tab({text.data(), size}));
        for (std::size_t at = 0; at < size; ++at) {
            text[at] = '\t';
            if (!has_tab({text.data(), size})) {
                CAPTURE(at);
                CHECK(has_tab({text.data(), size}));
            }
            text[at] = 'x';
        }
    }
}
