#include "pier/get/partial_file.hpp"

#include "pier/get/file_name.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace pier::get {

namespace {

constexpr int not_through_links = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr mode_t for_umask = 0666, secret = 0600; // a URL's query may be a key

std::string because(const std::string& what)
{
    return what + ": " + std::strerror(errno);
}

bool is_same(int folder, const std::string& name, const struct stat& file)
{
    struct stat there{};
    return ::fstatat(folder, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_ino == file.st_ino &&
           there.st_dev == file.st_dev;
}

/// A link that stands where the file is to be is kept, and what it leads to is replaced.
std::filesystem::path resolved(const std::string& path, bool replace)
{
    std::error_code none;
    bool is_link = replace && std::filesystem::is_symlink(path, none);
    auto to = is_link ? std::filesystem::canonical(path, none) : std::filesystem::path(path);
    return to.empty() ? std::filesystem::path(path) : to;
}

} // namespace

std::unique_ptr<partial_file> partial_file::open(const request& what, std::string& why)
{
    std::unique_ptr<partial_file> file(new partial_file);
    auto path = resolved(what.path, what.replace);
    file->path_ = what.path;
    file->name_ = path.filename().string();
    file->part_name_ = file->name_ + std::string(partial_suffix);
    file->record_name_ = file->name_ + std::string(record_suffix);
    file->replace_ = what.replace;
    std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    file->folder_.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file->folder_) {
        why = because("the folder `" + folder + "` cannot be opened");
        return nullptr;
    }
    struct stat there{};
    bool exists = ::fstatat(file->folder_.get(), file->name_.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
    if (exists && S_ISDIR(there.st_mode)) {
        why = "`" + what.path + "` is a folder";
        return nullptr;
    }
    if (exists && !what.replace) {
        why = "`" + what.path + "` exists: name another file with -o, or add --overwrite";
        return nullptr;
    }
    if (!file->open_part(what, why))
        return nullptr;
    return file;
}

/// Takes over what an earlier run has left. Who has it and who only found its name is decided by a lock.
bool partial_file::open_part(const request& what, std::string& why)
{
    constexpr int most_tries = 10; // each time another process finished or began it meanwhile
    std::string shown = what.path + std::string(partial_suffix);
    for (int i = 0; i < most_tries; ++i) {
        const char* name = part_name_.c_str();
        part_.reset(::openat(folder_.get(), name, O_RDWR | O_CREAT | O_EXCL | not_through_links, for_umask));
        bool is_new = bool(part_);
        if (!is_new && errno == EEXIST)
            part_.reset(::openat(folder_.get(), name, O_RDWR | not_through_links));
        if (!part_ && errno == ENOENT)
            continue;
        if (!part_) {
            why = because("`" + shown + "` cannot be made");
            return false;
        }
        if (!is_new && !may_be_gone_on_with(why)) {
            why = "`" + shown + "` " + why;
            return false;
        }
        if (::flock(part_.get(), LOCK_EX | LOCK_NB) != 0) {
            why = "`" + shown + "` is being written by another pier-get";
            return false;
        }
        struct stat here{};
        if (::fstat(part_.get(), &here) != 0 || !is_same(folder_.get(), part_name_, here))
            continue;
        if (!is_new && what.resume)
            load(what.url);
        if (!found_)
            cut(0);
        return true;
    }
    why = "`" + shown + "` comes and goes";
    return false;
}

/// Others may have put something there that leads elsewhere.
bool partial_file::may_be_gone_on_with(std::string& why) const
{
    struct stat here{};
    if (::fstat(part_.get(), &here) != 0 || !S_ISREG(here.st_mode) || here.st_nlink != 1 ||
        here.st_uid != ::geteuid()) {
        why = "is not a file of ours: move it away";
        return false;
    }
    return true;
}

void partial_file::load(const std::string& url)
{
    unique_fd fd(::openat(folder_.get(), record_name_.c_str(), O_RDONLY | not_through_links));
    std::string text(partial_record::longest + 1, '\0');
    ssize_t got = fd ? ::read(fd.get(), text.data(), text.size()) : -1;
    if (got < 0)
        return;
    has_record_ = true;
    text.resize(static_cast<std::size_t>(got));
    auto record = partial_record::parse(text);
    if (!record || record->url != url || (record->size && size() > *record->size))
        return;
    // A range that was noted is in the file: it is written first.
    if (record->done && !record->done->ranges().empty() && record->done->ranges().back().last >= size())
        return;
    found_ = std::move(record);
}

partial_file::~partial_file() = default;

std::uint64_t partial_file::size() const
{
    struct stat here{};
    return ::fstat(part_.get(), &here) == 0 ? static_cast<std::uint64_t>(here.st_size) : 0;
}

int partial_file::write(std::uint64_t at, std::span<const char> content)
{
    while (!content.empty()) {
        ssize_t written = ::pwrite(part_.get(), content.data(), content.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written == 0 ? EIO : errno;
        content = content.subspan(static_cast<std::size_t>(written));
        at += static_cast<std::uint64_t>(written);
    }
    return 0;
}

int partial_file::cut(std::uint64_t size)
{
    return ::ftruncate(part_.get(), static_cast<off_t>(size)) == 0 ? 0 : errno;
}

int partial_file::remember(const partial_record& record)
{
    std::string text = record.to_string();
    if (text.size() > partial_record::longest)
        return EFBIG;
    unique_fd fd(
        ::openat(folder_.get(), record_name_.c_str(), O_WRONLY | O_CREAT | not_through_links, secret));
    struct stat there{};
    if (!fd || ::fstat(fd.get(), &there) != 0)
        return errno;
    if (!S_ISREG(there.st_mode) || there.st_nlink != 1 || there.st_uid != ::geteuid())
        return EPERM;
    has_record_ = true;
    ssize_t written = ::pwrite(fd.get(), text.data(), text.size(), 0);
    if (written != static_cast<ssize_t>(text.size()))
        return written < 0 ? errno : ENOSPC;
    return ::ftruncate(fd.get(), written) == 0 ? 0 : errno;
}

int partial_file::forget()
{
    found_.reset();
    if (!std::exchange(has_record_, false))
        return 0;
    return ::unlinkat(folder_.get(), record_name_.c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
}

int partial_file::rename_part() const
{
    int folder = folder_.get();
    const char *part = part_name_.c_str(), *name = name_.c_str();
    if (replace_)
        return ::renameat(folder, part, folder, name) == 0 ? 0 : errno;
    if (::renameat2(folder, part, folder, name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    // A file system without that flag: a link is never made over a file either.
    if (::linkat(folder, part, folder, name, 0) != 0)
        return errno;
    return ::unlinkat(folder, part, 0) == 0 ? 0 : errno;
}

int partial_file::finish(bool sync)
{
    struct stat before{};
    bool replaces = replace_ && ::fstatat(folder_.get(), name_.c_str(), &before, AT_SYMLINK_NOFOLLOW) == 0;
    if (replaces && S_ISREG(before.st_mode))
        ::fchmod(part_.get(), before.st_mode & 0777); // who could not read it before still cannot
    if (sync && ::fsync(part_.get()) != 0)
        return errno;
    if (int error = rename_part(); error != 0)
        return error;
    discarded_ = true;
    forget();
    return sync && ::fsync(folder_.get()) != 0 ? errno : 0;
}

void partial_file::discard()
{
    if (std::exchange(discarded_, true))
        return;
    ::unlinkat(folder_.get(), part_name_.c_str(), 0);
    forget();
}

} // namespace pier::get
