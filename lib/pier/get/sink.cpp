#include "pier/get/sink.hpp"

#include "pier/net/blocking_pool.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pier::get {

namespace {

/// Blocks. 0, or an errno.
int write_all(int fd, std::span<const char> content)
{
    while (!content.empty()) {
        ssize_t written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EAGAIN) { // others made it non-blocking
            pollfd out{fd, POLLOUT, 0};
            ::poll(&out, 1, -1);
            continue;
        }
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written == 0 ? EIO : errno;
        content = content.subspan(static_cast<std::size_t>(written));
    }
    return 0;
}

/// Files do not wait for anybody, nor does /dev/null.
bool may_wait(int fd)
{
    struct stat what{};
    return ::fstat(fd, &what) != 0 ||
           !(S_ISREG(what.st_mode) || (S_ISCHR(what.st_mode) && ::isatty(fd) == 0));
}

std::string in_words(int error)
{
    return error == 0 ? std::string() : std::strerror(error);
}

} // namespace

net::task<std::string> file_sink::write(std::uint64_t at, std::span<const char> content)
{
    co_return in_words(file_.write(at, content));
}

stream_sink::stream_sink(net::home where, int fd, unique_fd owned)
    : home_(where), fd_(fd), owned_(std::move(owned)), waits_(may_wait(fd))
{
}

net::task<std::string> stream_sink::write(std::uint64_t, std::span<const char> content)
{
    int error = 0, fd = fd_;
    if (!waits_) {
        written_ += content.size();
        co_return in_words(write_all(fd, content));
    }
    auto work = [&error, fd, content] { error = write_all(fd, content); };
    auto [refused] = co_await home_.pool.run(home_.context.get_executor(), work, net::nothrow);
    if (refused)
        co_return refused.message();
    written_ += content.size();
    co_return in_words(error);
}

net::task<std::string> no_sink::write(std::uint64_t, std::span<const char>)
{
    co_return std::string();
}

} // namespace pier::get
