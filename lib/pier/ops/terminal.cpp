#include "pier/ops/terminal.hpp"

#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace pier::ops {

screen_size size_of_screen(int fd)
{
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_col, size.ws_row};
}

bool is_terminal(int fd)
{
    return ::isatty(fd);
}

bool takes_colour(int fd)
{
    const char* no = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    return ::isatty(fd) && !(no && *no) && term && std::string_view(term) != "dumb";
}

} // namespace pier::ops
