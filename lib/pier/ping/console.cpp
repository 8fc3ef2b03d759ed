#include "pier/ping/console.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace pier::ping {

void console::write(std::string_view lines)
{
    if (text_.size() + lines.size() > most) {
        dropped_ += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
        return;
    }
    text_ += lines;
}

/// One piece. False: there is nothing more, or nobody takes it.
bool console::put(std::size_t most_now)
{
    ssize_t written = ::write(fd_, text_.data(), std::min(text_.size(), most_now));
    if (written < 0 && errno == EINTR)
        return true;
    if (written < 0) {
        if (errno != EAGAIN)
            text_.clear(); // nobody will read it
        return false;
    }
    text_.erase(0, static_cast<std::size_t>(written));
    return !text_.empty();
}

/// A pipe that is writable takes a page (pipe(7), PIPE_BUF) at once.
void console::flush()
{
    constexpr std::size_t page = 4096;
    while (!text_.empty()) {
        pollfd out{fd_, POLLOUT, 0};
        if (::poll(&out, 1, 0) <= 0 || !put(page))
            return;
    }
}

void console::finish(std::string_view last)
{
    text_ += last;
    while (!text_.empty()) {
        pollfd out{fd_, POLLOUT, 0};
        if (::poll(&out, 1, -1) < 0 && errno != EINTR)
            return;
        put(text_.size());
    }
}

} // namespace pier::ping
