#include "pier/get/load_histogram.hpp"

#include "pier/base/units.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace pier::get {

namespace {

// How a power of ten may be divided.
constexpr std::array finest{10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40, 45, 50, 60, 70, 80, 90};
constexpr std::array fine{10, 12, 15, 20, 25, 30, 40, 50, 60, 80};
constexpr std::array middling{10, 15, 20, 30, 50, 70};
constexpr std::array coarse{10, 20, 50};
constexpr std::array coarsest{10};

std::vector<std::int64_t> borders_of(std::int64_t min, std::int64_t max, std::span<const int> tenths)
{
    std::vector<std::int64_t> borders;
    for (std::int64_t power = 10; power < max && power < std::int64_t{1} << 56; power *= 10)
        for (int t : tenths)
            if (std::int64_t border = power / 10 * t; border > min && border <= max)
                borders.push_back(border);
    return borders;
}

std::string padded(std::string text, std::size_t width)
{
    if (text.size() < width)
        text.insert(0, width - text.size(), ' ');
    return text;
}

std::string percent(std::uint64_t part, std::uint64_t whole)
{
    auto tenths = std::llround(static_cast<double>(part) * 1000 / static_cast<double>(whole));
    if (part > 0 && tenths == 0)
        return "<0.1";
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

/// At least a mark for what is not nothing.
std::string bar(std::uint64_t count, std::uint64_t longest, std::size_t width)
{
    auto length = static_cast<std::size_t>(
        std::llround(static_cast<double>(count) * static_cast<double>(width) / static_cast<double>(longest)));
    return length > 0 ? std::string(length, '#') : count > 0 ? "." : "";
}

} // namespace

std::vector<std::int64_t> histogram_borders(std::int64_t min, std::int64_t max, std::size_t most_rows)
{
    std::vector<std::int64_t> borders;
    for (std::span<const int> tenths :
         {std::span<const int>(finest), std::span<const int>(fine), std::span<const int>(middling),
          std::span<const int>(coarse), std::span<const int>(coarsest)}) {
        borders = borders_of(std::max<std::int64_t>(min, 0), max, tenths);
        if (borders.size() < most_rows)
            break;
    }
    return borders;
}

std::string histogram(const distribution& values, std::size_t most_rows, std::size_t width)
{
    // A few answers in many rows would look like many answers.
    auto few = static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(values.count())));
    most_rows = std::min(most_rows, std::max<std::size_t>(few, 3));
    auto borders = histogram_borders(values.min(), values.max(), most_rows);
    if (values.count() < 2 || borders.empty())
        return {};
    auto counts = values.between(borders);
    std::uint64_t longest = std::ranges::max(counts);
    std::size_t digits = std::to_string(longest).size();
    std::string text;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        std::int64_t from = i == 0 ? values.min() : borders[i - 1];
        std::int64_t to = i == borders.size() ? values.max() : borders[i];
        text += padded(format_ms(from), 11) + " to" + padded(format_ms(to), 11) + " ms " +
                padded(std::to_string(counts[i]), digits) + " " +
                padded(percent(counts[i], values.count()), 5) + " %";
        std::string mark = bar(counts[i], longest, width);
        text += mark.empty() ? "\n" : "  " + mark + "\n";
    }
    return text;
}

} // namespace pier::get
