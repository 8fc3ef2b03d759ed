#include "pier/ping/canvas.hpp"

#include <algorithm>

namespace pier::ping {

void canvas::dot(std::size_t x, std::size_t y)
{
    // How Unicode numbers the dots (chapter 21.1): down the left column, down the right, the lowest pair
    // last.
    static constexpr std::uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < width() && y < height())
        cells_[y / 4 * columns_ + x / 2] |= bits[y % 4][x % 2];
}

void canvas::bar(std::size_t x, std::size_t from_y, std::size_t to_y)
{
    for (std::size_t y = std::min(from_y, to_y); y <= std::max(from_y, to_y); ++y)
        dot(x, y);
}

std::string canvas::row(std::size_t r) const
{
    std::string text;
    for (std::size_t c = 0; c < columns_; ++c) {
        unsigned dots = cells_[r * columns_ + c];
        if (dots == 0) {
            text.push_back(' ');
            continue;
        }
        // U+2800 + dots.
        text.append({static_cast<char>(0xe2), static_cast<char>(0xa0 | dots >> 6),
                     static_cast<char>(0x80 | (dots & 0x3f))});
    }
    return text;
}

} // namespace pier::ping
