#include "pier/get/board.hpp"

#include "pier/ops/terminal.hpp"

#include <algorithm>
#include <unistd.h>

namespace pier::get {

namespace {

// What terminals have obeyed since the VT100.
constexpr const char* erase_below = "\x1b[J";

std::string up(std::size_t lines)
{
    return lines == 0 ? "\r" : "\r\x1b[" + std::to_string(lines) + "A";
}

} // namespace

void board::put(const std::string& text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        ssize_t written = ::write(STDERR_FILENO, text.data() + at, text.size() - at);
        if (written <= 0)
            return; // nobody reads it
        at += static_cast<std::size_t>(written);
    }
}

void board::clear()
{
    if (painted_ != 0)
        put(up(painted_) + erase_below);
    painted_ = 0;
}

void board::say(const std::string& line)
{
    clear();
    put(line + "\n");
}

void board::paint(std::span<const progress> running, const progress& sum)
{
    if (style_ == style::silent)
        return;
    ops::screen_size screen = ops::size_of_screen(STDERR_FILENO);
    if (style_ == style::plain) {
        put(progress_line(sum, screen.columns) + "\n");
        return;
    }
    std::string text = up(painted_) + erase_below;
    std::size_t rows = screen.rows > 3 ? screen.rows - 3 : 1;
    std::size_t shown = std::min(running.size(), rows);
    for (const progress& each : running.first(shown))
        text += progress_line(each, screen.columns - 1) + "\n";
    bool with_sum = running.size() != 1;
    if (with_sum)
        text += progress_line(sum, screen.columns - 1) + "\n";
    painted_ = shown + (with_sum ? 1 : 0);
    put(text);
}

} // namespace pier::get
