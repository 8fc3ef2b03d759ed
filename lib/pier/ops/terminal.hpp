// What a program writes to may be a terminal: how large it is, what it takes.
#pragma once

#include <cstddef>

namespace pier::ops {

struct screen_size {
    std::size_t columns = 80, rows = 24;
};
/// Of the terminal that `fd` is.
screen_size size_of_screen(int fd);
/// A terminal that takes colours, unless NO_COLOR (no-color.org) or TERM=dumb say otherwise.
bool takes_colour(int fd);
bool is_terminal(int fd);

} // namespace pier::ops
