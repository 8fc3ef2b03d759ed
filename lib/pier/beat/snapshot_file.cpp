#include "pier/beat/snapshot_file.hpp"

#include "pier/beat/snapshot.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace pier::beat {

namespace {

/// All of it; nothing: there is no such file.
std::optional<std::string> read_file(const std::string& path)
{
    unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && errno == ENOENT)
        return std::nullopt;
    struct stat about{};
    bool good = fd && ::fstat(fd.get(), &about) == 0 && S_ISREG(about.st_mode);
    std::string text(good ? static_cast<std::size_t>(about.st_size) : 0, '\0');
    for (std::size_t at = 0; good && at < text.size();) {
        ssize_t got = ::read(fd.get(), text.data() + at, text.size() - at);
        good = got > 0;
        at += good ? static_cast<std::size_t>(got) : 0;
    }
    if (!good)
        throw ops::fatal(ops::exit_no_input, "the state in " + path + " cannot be read: " +
                                                 (errno ? std::strerror(errno) : "it is no regular file"));
    return text;
}

} // namespace

void snapshot_file::load_each(void (*take)(void*, std::unique_ptr<sender>), void* context)
{
    auto text = read_file(path_);
    if (!text)
        return;
    std::uint64_t count = 0;
    snapshot_reader reader(*text);
    while (auto s = reader.next()) {
        take(context, std::move(s));
        ++count;
    }
    if (reader.error().empty())
        return;
    std::string aside = path_ + ".damaged";
    bool moved = std::rename(path_.c_str(), aside.c_str()) == 0;
    ops::log(ops::level::warning, "the state in " + path_ + " is damaged: " + std::string(reader.error()) +
                                      "; " + (moved ? "set aside as " + aside : "it stays where it is") +
                                      "; " + std::to_string(count) + " senders could be read");
}

void snapshot_file::fail(const char* what)
{
    int error = errno;
    fd_.reset();
    ::unlink(beside().c_str());
    if (!std::exchange(complained_, true))
        ops::log(ops::level::error, "the state in " + path_ + " cannot be kept: " + what + ": " +
                                        std::strerror(error) + "; trying again");
}

void snapshot_file::begin()
{
    fd_.reset(::open(beside().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd_)
        return fail("creating it");
    std::string head;
    append_snapshot_head(head);
    append(head);
}

void snapshot_file::append(const std::string& bytes)
{
    for (std::size_t at = 0; fd_ && at < bytes.size();) {
        ssize_t written = ::write(fd_.get(), bytes.data() + at, bytes.size() - at);
        if (written < 0)
            return fail("writing");
        at += static_cast<std::size_t>(written);
    }
}

void snapshot_file::commit()
{
    if (!fd_)
        return;
    if (::fsync(fd_.get()) != 0)
        return fail("writing");
    if (std::rename(beside().c_str(), path_.c_str()) != 0)
        return fail("renaming");
    fd_.reset();
    complained_ = false;
}

/// A sender may be given twice, when the index has grown meanwhile, and one may be missed when others were
/// forgotten: the first of two is taken, and the next writing has the other.
std::size_t snapshot_file::gather(monitor& from, std::size_t place, std::size_t most, std::string& into,
                                  std::uint64_t& count)
{
    std::uint64_t end = count + most;
    return from.senders().visit(place, [&](const sender& s) {
        append_snapshot(into, s);
        return ++count < end;
    });
}

void snapshot_file::write_all(const std::vector<std::unique_ptr<monitor>>& monitors)
{
    constexpr std::size_t at_once = 1024;
    begin();
    std::uint64_t count = 0;
    std::string bytes;
    for (const auto& one : monitors)
        for (std::size_t at = 0; at < one->senders().places();) {
            bytes.clear();
            at = gather(*one, at, at_once, bytes, count);
            append(bytes);
        }
    bytes.clear();
    append_snapshot_end(bytes, count);
    append(bytes);
    commit();
}

} // namespace pier::beat
