// What the kernel says about this process.
#pragma once

#include <cstdint>
#include <optional>

namespace pier::ops {

std::uint64_t cpu_milliseconds();
std::uint64_t resident_bytes(); ///< 0: not known
std::uint64_t descriptor_limit();

/// How many descriptors are open, if the kernel tells at once (Linux 6.2 and later).
std::optional<std::uint64_t> open_descriptors();
/// The same by counting: up to a microsecond for each of them.
std::optional<std::uint64_t> count_descriptors();

} // namespace pier::ops
