#include "pier/base/json_text.hpp"

#include "pier/base/swar.hpp"
#include "pier/base/utf8.hpp"

#include <cstddef>

namespace pier {

namespace {

unsigned char byte_at(std::string_view text, std::size_t i)
{
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

void append_control(std::string& out, unsigned char code)
{
    constexpr char hex[] = "0123456789abcdef";
    out.append("\\u00").append({hex[code >> 4], hex[code & 15]});
}

} // namespace

void append_json_text(std::string& out, std::string_view text)
{
    bool clean = !any_word(text, ' ', [](std::uint64_t word) {
        return has_less(word, 0x20) | (word & (every_byte << 7)) | has_byte(word, 0x7f) |
               has_byte(word, '"') | has_byte(word, '\\');
    });
    if (clean) {
        out.append(text);
        return;
    }
    while (!text.empty()) {
        std::size_t length = utf8_length(text);
        unsigned char first = byte_at(text, 0), second = byte_at(text, 1);
        if (length == 0)
            out.append("\\ufffd");
        else if (first == '"' || first == '\\')
            out.append({'\\', text[0]});
        else if (first < 0x20 || first == 0x7f)
            append_control(out, first);
        else if (first == 0xc2 && second < 0xa0)
            append_control(out, second);
        else
            out.append(text.substr(0, length));
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

} // namespace pier
