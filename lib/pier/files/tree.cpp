#include "pier/files/tree.hpp"

#include "pier/net/residency.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <span>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace pier::files {

namespace {

#ifndef RESOLVE_CACHED
constexpr std::uint64_t RESOLVE_CACHED = 0x20;
#endif

int openat2(int folder, const char* path, std::uint64_t flags, std::uint64_t resolve)
{
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = resolve;
    return static_cast<int>(::syscall(SYS_openat2, folder, path, &how, sizeof how));
}

std::uint64_t resolve_flags(link_policy links)
{
    switch (links) {
    case link_policy::all: return RESOLVE_NO_MAGICLINKS;
    case link_policy::none: return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
    case link_policy::inside: break;
    }
    return RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
}

kind kind_of_error(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP: // a link that the policy does not follow
    case EXDEV: // a link out of the root
    case EINVAL: return kind::missing;
    case EACCES:
    case EPERM: return kind::forbidden;
    case EMFILE:
    case ENFILE: return kind::busy;
    default: return kind::failed;
    }
}

/// Read and written to memory, local disk or another folder, never to a network or a user's process.
bool is_local_type(long type)
{
    constexpr long zfs = 0x2fc12fc1, xfs = 0x58465342, btrfs = 0x9123683e,
                   f2fs = static_cast<long>(0xf2f52010), erofs = static_cast<long>(0xe0f5e1e2),
                   bcachefs = static_cast<long>(0xca451a4e);
    for (long known : {static_cast<long>(EXT4_SUPER_MAGIC), static_cast<long>(TMPFS_MAGIC), xfs, btrfs, zfs,
                       f2fs, erofs, bcachefs, static_cast<long>(OVERLAYFS_SUPER_MAGIC),
                       static_cast<long>(SQUASHFS_MAGIC), static_cast<long>(RAMFS_MAGIC)})
        if (type == known)
            return true;
    return false;
}

template <class Time>
std::int64_t nanoseconds(const Time& t)
{
    constexpr std::int64_t far = 9'000'000'000; // the year 2255: what lies beyond does not fit
    return std::clamp<std::int64_t>(t.tv_sec, -far, far) * 1'000'000'000 + t.tv_nsec;
}

stamp look_at(int fd, may_block block, mode_t& mode)
{
    struct statx s;
    // `no`: never asks a network or a FUSE process
    int sync = block == may_block::yes ? AT_STATX_SYNC_AS_STAT : AT_STATX_DONT_SYNC;
    if (::statx(fd, "", AT_EMPTY_PATH | sync, STATX_BASIC_STATS, &s) != 0)
        return {};
    mode = s.stx_mode;
    return {true,
            makedev(s.stx_dev_major, s.stx_dev_minor),
            s.stx_ino,
            s.stx_size,
            nanoseconds(s.stx_mtime),
            nanoseconds(s.stx_ctime)};
}

} // namespace

tree::tree(const std::string& root, link_policy links)
    : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), resolve_(resolve_flags(links))
{
    if (!root_)
        throw ops::fatal(ops::exit_no_input, "cannot serve " + root + ": " + std::strerror(errno));
    own_descriptors_.reset(::open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!own_descriptors_)
        throw ops::fatal(ops::exit_os, "/proc is not mounted: files could not be opened safely");
    if (int fd = openat2(root_.get(), ".", O_PATH, RESOLVE_BENEATH); fd < 0)
        throw ops::fatal(ops::exit_os,
                         std::string("the kernel lacks openat2 (Linux 5.6): ") + std::strerror(errno));
    else
        ::close(fd);
    look_up("/", may_block::yes);
    // Linux 5.12; before, every look may block.
    if (int fd = openat2(root_.get(), ".", O_PATH, RESOLVE_CACHED); fd >= 0)
        ::close(fd);
    else
        knows_cached_ = errno != EINVAL;
}

looked_up tree::look_up(const std::string& path, may_block block) const
{
    looked_up result;
    bool blocking = block == may_block::yes;
    if (!blocking && !knows_cached_) {
        result.kind = kind::would_block;
        return result;
    }
    const char* beneath = path.size() > 1 ? path.c_str() + 1 : ".";
    result.place.reset(openat2(root_.get(), beneath, O_PATH, resolve_ | (blocking ? 0 : RESOLVE_CACHED)));
    if (!result.place) {
        result.kind = errno == EAGAIN && !blocking ? kind::would_block : kind_of_error(errno);
        return result;
    }
    mode_t mode = 0;
    result.stamp = look_at(result.place.get(), block, mode);
    if (!result.stamp.exists) {
        result.kind = kind::failed;
        return result;
    }
    if (!is_local(result.stamp.device)) {
        if (!blocking) {
            result.kind = kind::would_block;
            return result;
        }
        learn(result.place.get(), result.stamp.device);
    }
    result.kind = S_ISREG(mode) ? kind::file : S_ISDIR(mode) ? kind::directory : kind::missing;
    return result;
}

/// Through /proc, so that nothing can take the file's place between the look and the open.
unique_fd tree::open(const looked_up& file) const
{
    std::string number = std::to_string(file.place.get());
    return unique_fd(
        ::openat(own_descriptors_.get(), number.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

bool tree::is_local(std::uint64_t device) const
{
    for (const auto& slot : local_) {
        std::uint64_t known = slot.load(std::memory_order_relaxed);
        if (known == device)
            return true;
        if (known == 0)
            break;
    }
    return false;
}

void tree::learn(int fd, std::uint64_t device) const
{
    struct statfs info;
    if (::fstatfs(fd, &info) != 0 || !is_local_type(static_cast<long>(info.f_type)))
        return;
    for (auto& slot : local_) {
        std::uint64_t unset = 0;
        if (slot.compare_exchange_strong(unset, device) || unset == device)
            return;
    }
}

stamp state_of(int fd)
{
    struct stat s; // a little quicker than statx
    if (::fstat(fd, &s) != 0)
        return {};
    return {true,
            s.st_dev,
            s.st_ino,
            static_cast<std::uint64_t>(s.st_size),
            nanoseconds(s.st_mtim),
            nanoseconds(s.st_ctim)};
}

read_outcome read_all(int fd, std::uint64_t size, std::string& into, may_block block)
{
    into.resize(size);
    std::size_t done = 0;
    while (done < size) {
        std::span<char> rest{into.data() + done, size - done};
        ssize_t n = block == may_block::yes ? ::pread(fd, rest.data(), rest.size(), static_cast<off_t>(done))
                                            : net::read_resident(fd, rest, done);
        if (n < 0 && errno == EAGAIN)
            return read_outcome::would_block;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return read_outcome::failed;
        if (n == 0)
            return read_outcome::changed;
        done += static_cast<std::size_t>(n);
    }
    return read_outcome::whole;
}

} // namespace pier::files
