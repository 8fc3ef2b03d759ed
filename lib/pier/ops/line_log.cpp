#include "pier/ops/line_log.hpp"

#include "pier/ops/exit.hpp"
#include "pier/ops/privileges.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace pier::ops {

namespace {

constexpr int flags = O_WRONLY | O_APPEND | O_CLOEXEC;
constexpr mode_t owner_and_group = 0640;

[[noreturn]] void fail(const std::string& where)
{
    throw fatal(exit_cant_create, "cannot write the access log " + where + ": " + std::strerror(errno));
}

} // namespace

std::shared_ptr<const line_file> line_file::open(const std::string& where)
{
    auto file = std::make_shared<line_file>();
    if (where == "stderr")
        file->fd_.reset(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    else
        file->open_path(where);
    if (!file->fd_)
        fail(where);
    return file;
}

void line_file::open_path(const std::string& path)
{
    path_ = path;
    fd_.reset(::open(path.c_str(), flags | O_CREAT | O_EXCL, owner_and_group));
    created_ = static_cast<bool>(fd_);
    if (!created_)
        fd_.reset(::open(path.c_str(), flags | O_CREAT, owner_and_group));
}

void line_file::give_to(const identity& who) const
{
    if (created_ && ::fchown(fd_.get(), who.user, who.group) != 0)
        fail(path_ + " as user " + who.name);
}

void line_file::reload() const
{
    if (path_.empty())
        return;
    unique_fd again(::open(path_.c_str(), flags | O_CREAT, owner_and_group));
    if (!again || ::dup3(again.get(), fd_.get(), O_CLOEXEC) < 0)
        fail(path_);
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
