#include "pier/ping/svg_chart.hpp"

#include "pier/ping/duration.hpp"

#include <algorithm>
#include <cmath>

namespace pier::ping {

namespace {

// In the SVG's own units.
constexpr double width = 960, left = 80, right = 10, top = 10, chart_height = 220, loss_height = 40, gap = 8,
                 foot = 24;
constexpr std::size_t bars = 80;

std::string number(double n)
{
    std::string text = std::to_string(std::lround(n * 10));
    if (text == "0")
        return text;
    bool negative = text[0] == '-';
    if (text.size() < (negative ? 3u : 2u))
        text.insert(negative ? 1 : 0, "0");
    return text.insert(text.size() - 1, ".");
}

std::string rectangle(const char* kind, double x, double y, double w, double h)
{
    return std::string("<rect class=\"")
               .append(kind)
               .append("\" x=\"")
               .append(number(x))
               .append("\" y=\"")
               .append(number(y)) +
           "\" width=\"" + number(w) + "\" height=\"" + number(h) + "\"/>";
}

std::string label(double x, double y, const char* anchor, const std::string& text)
{
    return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" + text +
           "</text>";
}

std::string line(double x1, double y1, double x2, double y2)
{
    return "<line class=\"axis\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) +
           "\" y2=\"" + number(y2) + "\"/>";
}

std::string begin(double height, const std::string& what)
{
    return "<svg viewBox=\"0 0 " + number(width) + " " + number(height) + "\" role=\"img\" aria-label=\"" +
           what + "\">\n";
}

std::string seconds(std::int64_t nanoseconds)
{
    return format_ms(nanoseconds / 1000) + " s"; // thousandths of microseconds, as milliseconds are written
}

} // namespace

std::string svg_over_time(const timeline& t)
{
    const auto& columns = t.columns();
    std::int64_t most = 1, end = 1;
    std::uint64_t probes = 0, lost = 0;
    for (const column& c : columns) {
        most = std::max(most, c.most);
        end = std::max(end, c.began);
        probes += c.probes;
        lost += c.lost;
    }
    double base = top + chart_height, loss_top = base + gap, loss_base = loss_top + loss_height;
    double plot_width = width - left - right;
    auto x = [&](std::int64_t at) {
        return left + plot_width * static_cast<double>(at) / static_cast<double>(end);
    };
    auto y = [&](double value) { return base - chart_height * value / static_cast<double>(most); };
    std::string svg = begin(loss_base + foot, "Round trips of " + std::to_string(probes) + " probes over " +
                                                  seconds(end) + ", " + std::to_string(lost) +
                                                  " lost; the longest " + format_ms(most) + " ms");
    for (int quarter = 0; quarter <= 4; ++quarter) {
        double value = static_cast<double>(most) * quarter / 4;
        svg += line(left, y(value), width - right, y(value)) +
               label(left - 6, y(value) + 4, "end", format_ms(std::llround(value)) + " ms") + "\n";
    }
    double thick =
        std::clamp(plot_width / static_cast<double>(std::max<std::size_t>(columns.size(), 1)), 0.8, 4.0);
    for (const column& c : columns) {
        if (c.answered()) {
            if (c.answered() > 1)
                svg += rectangle("band", x(c.began) - thick / 2, y(double(c.most)), thick,
                                 std::max(1.0, y(double(c.least)) - y(double(c.most))));
            double size = std::max(thick, 2.0);
            svg += rectangle("rtt", x(c.began) - size / 2, y(c.mean()) - size / 2, size, size);
        }
        if (c.lost) {
            double height = loss_height * static_cast<double>(c.lost) / static_cast<double>(c.probes);
            svg += rectangle("loss", x(c.began) - std::max(thick, 1.5) / 2, loss_base - height,
                             std::max(thick, 1.5), height);
        }
        svg += "\n";
    }
    svg += line(left, loss_base, width - right, loss_base) +
           label(left - 6, loss_base - loss_height / 2 + 4, "end", "lost") +
           label(left, loss_base + 18, "middle", "0 s") +
           label(width - right, loss_base + 18, "end", seconds(end));
    return svg + "\n</svg>\n";
}

std::string svg_histogram(const std::string& what, const distribution& values)
{
    std::int64_t from = values.min(), to = std::max(values.percentile(0.999), values.min() + 1);
    auto counts = values.bins(from, to, bars);
    std::uint64_t most = std::max<std::uint64_t>(1, *std::ranges::max_element(counts));
    double base = top + chart_height, plot_width = width - left - right, each = plot_width / bars;
    std::string svg =
        begin(base + foot, "How many " + what + ", from " + format_ms(from) + " to " + format_ms(to) + " ms");
    svg += line(left, top, width - right, top) + label(left - 6, top + 4, "end", std::to_string(most)) + "\n";
    for (std::size_t i = 0; i < counts.size(); ++i) {
        double height = chart_height * static_cast<double>(counts[i]) / static_cast<double>(most);
        if (counts[i])
            svg += rectangle("rtt", left + each * static_cast<double>(i), base - height, each * 0.85,
                             std::max(height, 1.0)) +
                   "\n";
    }
    svg += line(left, base, width - right, base);
    for (int quarter = 0; quarter <= 4; ++quarter) {
        double at = left + plot_width * quarter / 4;
        std::int64_t value = from + (to - from) * quarter / 4;
        svg += label(at, base + 18,
                     quarter == 0   ? "start"
                     : quarter == 4 ? "end"
                                    : "middle",
                     format_ms(value) + " ms");
    }
    return svg + "\n</svg>\n";
}

} // namespace pier::ping
