#include "pier/net/residency.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/uio.h>
#include <unistd.h>

namespace pier::net {

namespace {

constexpr std::size_t window = 128 * 1024; // Linux's usual read-ahead

bool resident(int fd, std::uint64_t offset)
{
    char byte;
    iovec one{&byte, 1};
    ssize_t n = ::preadv2(fd, &one, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    return n >= 0 ||
           errno != EAGAIN; // a file system that cannot tell (EOPNOTSUPP) gets the benefit of the doubt
}

} // namespace

std::size_t resident_bytes(int fd, std::uint64_t offset, std::size_t wanted)
{
    std::size_t known = 0;
    while (known < wanted && resident(fd, offset + known))
        known = std::min(wanted, known + window);
    return known;
}

ssize_t read_resident(int fd, std::span<char> into, std::uint64_t offset)
{
    iovec all{into.data(), into.size()};
    auto at = static_cast<off_t>(offset);
    ssize_t n = ::preadv2(fd, &all, 1, at, RWF_NOWAIT);
    return n < 0 && errno == EOPNOTSUPP ? ::pread(fd, into.data(), into.size(), at) : n;
}

std::size_t resident_prefix::bytes(int fd, std::uint64_t offset, std::size_t wanted, std::int64_t now)
{
    if (now - since_ >= trusted_for)
        end_ = 0;
    if (offset + wanted <= end_)
        return wanted;
    std::size_t known = resident_bytes(fd, offset, wanted);
    if (end_ == 0 && offset == 0)
        since_ = now;
    if (offset <= end_)
        end_ = std::max(end_, offset + known);
    return known;
}

} // namespace pier::net
