// Drawing with braille: each character is 2 by 4 dots. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pier::ping {

class canvas {
public:
    /// In characters.
    canvas(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}

    std::size_t width() const { return columns_ * 2; } ///< dots
    std::size_t height() const { return rows_ * 4; }

    /// From the upper left; what lies outside is left out.
    void dot(std::size_t x, std::size_t y);
    /// All dots of a column between the two, both included.
    void bar(std::size_t x, std::size_t from_y, std::size_t to_y);
    /// A row as UTF-8.
    std::string row(std::size_t r) const;

private:
    std::size_t columns_, rows_;
    std::vector<std::uint8_t> cells_;
};

} // namespace pier::ping
