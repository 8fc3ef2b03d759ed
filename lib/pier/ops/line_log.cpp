#include "pier/ops/line_log.hpp"

#include "pier/ops/exit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace pier::ops {

std::shared_ptr<const line_file> line_file::open(const std::string& where)
{
    auto file = std::make_shared<line_file>();
    if (where == "stderr")
        file->fd_.reset(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    else
        file->fd_.reset(::open(where.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640));
    if (!file->fd_)
        throw fatal(exit_cant_create, "cannot write the access log " + where + ": " + std::strerror(errno));
    return file;
}

void line_buffer::flush()
{
    std::string_view rest = text_;
    while (!rest.empty()) {
        ssize_t n = ::write(file_->descriptor(), rest.data(), rest.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) { // a full disk, a closed pipe: serving goes on, the loss is counted
            dropped_.add(static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n')));
            break;
        }
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    text_.clear();
}

} // namespace pier::ops
