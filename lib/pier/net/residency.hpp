// What of a file is in the page cache: to read it without waiting for a disk, and to keep sendfile from that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/types.h>

namespace pier::net {

/// How many of the `wanted` bytes from `offset` can, as far as probing tells, be read without waiting. Probes
/// the first byte and then one in each read-ahead window, so a hole between two probes may go unseen.
std::size_t resident_bytes(int fd, std::uint64_t offset, std::size_t wanted);

/// As pread(), but EAGAIN instead of waiting for a disk; on file systems that cannot tell, tmpfs among them,
/// it is pread().
ssize_t read_resident(int fd, std::span<char> into, std::uint64_t offset);

/// Remembers for a moment how much of a file's beginning was seen in memory, so that a file sent again and
/// again is not probed each time.
class resident_prefix {
public:
    /// As resident_bytes(); `now` in milliseconds of a monotonic clock.
    std::size_t bytes(int fd, std::uint64_t offset, std::size_t wanted, std::int64_t now);

private:
    static constexpr std::int64_t trusted_for = 1000;
    std::uint64_t end_ = 0;
    std::int64_t since_ = 0;
};

} // namespace pier::net
