// Is a stretch of a file in the page cache? A hint that keeps sendfile from waiting for a disk.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pier::net {

/// How many of the `wanted` bytes from `offset` can, as far as probing tells, be read without waiting. Probes
/// the first byte and then one in each read-ahead window, so a hole between two probes may go unseen.
std::size_t resident_bytes(int fd, std::uint64_t offset, std::size_t wanted);

} // namespace pier::net
