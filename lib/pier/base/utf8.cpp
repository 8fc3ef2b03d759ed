#include "pier/base/utf8.hpp"

namespace pier {

namespace {

unsigned char byte_at(std::string_view text, std::size_t i)
{
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

bool continues(unsigned char b, unsigned char least = 0x80, unsigned char most = 0xbf)
{
    return b >= least && b <= most;
}

} // namespace

/// The table of RFC 3629 section 4.
std::size_t utf8_length(std::string_view text)
{
    unsigned char a = byte_at(text, 0), b = byte_at(text, 1), c = byte_at(text, 2), d = byte_at(text, 3);
    if (a < 0x80)
        return 1;
    if (a >= 0xc2 && a <= 0xdf)
        return continues(b) ? 2 : 0;
    if (a >= 0xe0 && a <= 0xef) // neither overlong nor a surrogate
        return continues(b, a == 0xe0 ? 0xa0 : 0x80, a == 0xed ? 0x9f : 0xbf) && continues(c) ? 3 : 0;
    if (a >= 0xf0 && a <= 0xf4)
        return continues(b, a == 0xf0 ? 0x90 : 0x80, a == 0xf4 ? 0x8f : 0xbf) && continues(c) && continues(d)
                   ? 4
                   : 0;
    return 0;
}

bool is_utf8(std::string_view text)
{
    while (!text.empty()) {
        std::size_t length = utf8_length(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace pier
