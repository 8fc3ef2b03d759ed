#include "pier/net/residency.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/uio.h>

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

} // namespace pier::net
