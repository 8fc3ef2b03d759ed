#include "pier/ping/plot_observer.hpp"

#include "pier/ops/terminal.hpp"
#include "pier/ping/clock.hpp"
#include "pier/ping/plot.hpp"

namespace pier::ping {

// What terminals have obeyed since the VT100, and xterm's second screen.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l", leave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view home = "\x1b[H", end_of_line = "\x1b[K\n", end_of_screen = "\x1b[J";

plot_observer::plot_observer(console& out)
    : out_(out), next_(steady_now()), colour_(ops::takes_colour(out.descriptor()))
{
}

void plot_observer::begin(std::span<const target* const> all)
{
    all_.assign(all.begin(), all.end());
    out_.write(enter);
}

/// A terminal that was resized shows it in the next picture.
void plot_observer::tick(std::int64_t now)
{
    next_ = now + frame;
    if (!out_.pending()) // else it does not keep up
        draw();
}

void plot_observer::draw()
{
    ops::screen_size screen = ops::size_of_screen(out_.descriptor());
    std::string picture(home);
    for (const std::string& line : plot(all_, {screen.columns, screen.rows}, colour_))
        picture.append(line).append(end_of_line);
    out_.write(picture.append(end_of_screen));
}

/// The last picture stays above the summary.
void plot_observer::finish(std::span<const target* const>)
{
    out_.write(leave);
    ops::screen_size screen = ops::size_of_screen(out_.descriptor());
    for (const std::string& line : plot(all_, {screen.columns, screen.rows}, colour_))
        out_.write(line + "\n");
}

} // namespace pier::ping
