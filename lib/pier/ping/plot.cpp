#include "pier/ping/plot.hpp"

#include "pier/ping/canvas.hpp"
#include "pier/ping/duration.hpp"

#include <algorithm>

namespace pier::ping {

namespace {

constexpr std::size_t axis_width = 11; // "12345.678 │" in characters
constexpr std::size_t histogram_width = 16;
constexpr std::size_t least_columns = 40, least_panel = 4, most_panel = 16;

struct scale {
    std::int64_t low = 0, high = 1;

    /// Dots from the top.
    std::size_t y(std::int64_t value, std::size_t height) const
    {
        double share = static_cast<double>(value - low) / static_cast<double>(high - low);
        auto from_bottom =
            static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(height - 1) + 0.5);
        return height - 1 - from_bottom;
    }
};

/// The values drawn, -1 for the lost; the newest `most`.
std::vector<std::int64_t> latest(const target& t, std::size_t most)
{
    const recent_rtts& recent = t.session.recent();
    std::vector<std::int64_t> values;
    std::size_t n = std::min(recent.size(), most);
    for (std::size_t i = recent.size() - n; i < recent.size(); ++i)
        values.push_back(recent[i]);
    return values;
}

/// From a little below the least to a little above the most; a flat line is in the middle.
scale scale_of(const std::vector<std::int64_t>& values)
{
    scale s;
    bool any = false;
    for (std::int64_t v : values) {
        if (v < 0)
            continue;
        s.low = any ? std::min(s.low, v) : v;
        s.high = any ? std::max(s.high, v) : v;
        any = true;
    }
    std::int64_t margin = std::max<std::int64_t>((s.high - s.low) / 20, s.high / 50 + 1);
    s.low = std::max<std::int64_t>(0, s.low - margin);
    s.high += margin;
    return s;
}

std::string right(std::string text, std::size_t width)
{
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string painted(const std::string& text, const char* colour, bool on)
{
    return on ? std::string("\x1b[").append(colour).append("m").append(text).append("\x1b[0m") : text;
}

std::string heading(const target& t, std::size_t columns)
{
    const statistics& s = t.session.figures();
    std::string text = t.name + "  ";
    if (s.rtt().count() == 0)
        text += "no answer yet";
    else
        text += "last " + format_ms(s.rtt_variation().last()) + "  min " + format_ms(s.rtt().min()) +
                "  mean " + format_ms(static_cast<std::int64_t>(s.rtt().mean())) + "  max " +
                format_ms(s.rtt().max()) + " ms";
    text += "  lost " + std::to_string(s.totals().lost) + " of " +
            std::to_string(s.totals().received + s.totals().lost);
    if (text.size() > columns)
        text.resize(columns);
    return text;
}

/// Bars from the left, one for each row of dots.
canvas histogram_of(const std::vector<std::int64_t>& values, const scale& s, std::size_t rows)
{
    canvas picture(histogram_width, rows);
    std::vector<std::size_t> counts(picture.height());
    for (std::int64_t v : values)
        if (v >= 0)
            ++counts[s.y(v, picture.height())];
    std::size_t most = std::max<std::size_t>(1, *std::ranges::max_element(counts));
    for (std::size_t y = 0; y < counts.size(); ++y)
        for (std::size_t x = 0; counts[y] && x <= (picture.width() - 1) * counts[y] / most; ++x)
            picture.dot(x, y);
    return picture;
}

/// A dot for each round trip, joined to its neighbour; lost ones leave a gap and a mark below.
canvas line_of(const std::vector<std::int64_t>& values, const scale& s, std::size_t columns, std::size_t rows)
{
    canvas picture(columns, rows);
    std::size_t offset = picture.width() - values.size();
    std::size_t before = SIZE_MAX;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] < 0) {
            before = SIZE_MAX;
            continue;
        }
        std::size_t y = s.y(values[i], picture.height());
        picture.bar(offset + i, before == SIZE_MAX ? y : before, y);
        before = y;
    }
    return picture;
}

std::string loss_marks(const std::vector<std::int64_t>& values, std::size_t columns)
{
    std::string marks(columns, ' ');
    std::size_t offset = columns * 2 - values.size();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] < 0)
            marks[(offset + i) / 2] = 'x';
    return marks;
}

/// `rows` lines: heading, picture, marks of loss.
void panel(std::vector<std::string>& to, const target& t, std::size_t columns, std::size_t rows, bool colour)
{
    std::size_t picture_rows = rows - 2;
    std::size_t line_columns = columns - axis_width - histogram_width - 1;
    auto values = latest(t, line_columns * 2);
    scale s = scale_of(values);
    canvas line = line_of(values, s, line_columns, picture_rows),
           bars = histogram_of(values, s, picture_rows);
    to.push_back(painted(heading(t, columns), "1", colour));
    for (std::size_t r = 0; r < picture_rows; ++r) {
        std::int64_t value = r == 0 ? s.high : s.low;
        bool labelled = t.session.figures().rtt().count() && (r == 0 || r + 1 == picture_rows);
        to.push_back(right(labelled ? format_ms(value) : "", axis_width - 2) + " \xe2\x94\x82" +
                     painted(line.row(r), "36", colour) + "\xe2\x94\x82" +
                     painted(bars.row(r), "33", colour));
    }
    to.push_back(std::string(axis_width, ' ') + painted(loss_marks(values, line_columns), "31", colour));
}

} // namespace

std::vector<std::string> plot(std::span<const target* const> all, const plot_size& size, bool colour)
{
    std::vector<std::string> lines;
    std::size_t columns = std::max(size.columns, least_columns);
    std::size_t room = std::max(size.rows, least_panel + 1) - 1;
    std::size_t shown = std::clamp<std::size_t>(room / least_panel, 1, all.size());
    std::size_t rows = std::clamp(room / shown, least_panel, most_panel);
    for (std::size_t i = 0; i < shown; ++i)
        panel(lines, *all[i], columns, rows, colour);
    if (shown < all.size())
        lines.push_back("and " + std::to_string(all.size() - shown) +
                        " more: the terminal has no room for them");
    return lines;
}

} // namespace pier::ping
