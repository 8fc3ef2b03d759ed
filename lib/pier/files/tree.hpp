// A folder, and what may be reached in it. The kernel resolves every path beneath the root (openat2); no
// string is ever compared to decide what is inside. Thread-safe; every call says whether it may block.
#pragma once

#include "pier/base/unique_fd.hpp"
#include "pier/files/config.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace pier::files {

/// `no`: answers from memory or not at all; for shards. `yes`: waits for the disk; for the blocking pool.
enum class may_block { no, yes };

/// What tells one state of a file from another.
struct stamp {
    bool exists = false;
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified_ns = 0, changed_ns = 0;

    bool operator==(const stamp&) const = default;
};

enum class kind {
    file,
    directory,
    missing,     ///< also what must not be seen: links out of the root, FIFOs, devices
    forbidden,   ///< not readable by this process
    busy,        ///< no descriptor is left: the caller's 503
    would_block, ///< only with may_block::no
    changed,     ///< while it was looked at: never the final word
    failed       ///< the disk or a limit: the caller's 500
};

struct looked_up {
    files::kind kind = kind::missing;
    files::stamp stamp;
    unique_fd place; ///< O_PATH: nothing is opened by looking
};

class tree {
public:
    /// Throws ops::fatal when `root` is not a folder that can be read.
    tree(const std::string& root, link_policy links);

    /// `path` starts with a slash and is normalised: no dot segments, no empty ones but a last.
    looked_up look_up(const std::string& path, may_block block) const;

    /// Opens a regular file for reading, the very one that was looked up. Never waits for a lease on it
    /// (fcntl(2), F_SETLEASE): EWOULDBLOCK.
    unique_fd open(const looked_up& file) const;

    /// True for file systems whose reads can hang for reasons of their own: the network, FUSE.
    bool may_stall(std::uint64_t device) const { return !is_local(device); }

private:
    bool is_local(std::uint64_t device) const;
    void learn(int fd, std::uint64_t device) const;

    unique_fd root_;
    unique_fd own_descriptors_; ///< /proc/self/fd
    std::uint64_t resolve_;
    bool knows_cached_ = true;
    // Devices known to be local: a handful, found once. A slot is written once and never changes.
    static constexpr std::size_t device_slots = 16;
    mutable std::atomic<std::uint64_t> local_[device_slots]{};
};

enum class read_outcome { whole, would_block, changed, failed };

/// The stamp of an open file on a local file system; that of none when it cannot be told.
stamp state_of(int fd);

/// Reads `size` bytes of `fd` into `into`. `changed`: there were fewer.
read_outcome read_all(int fd, std::uint64_t size, std::string& into, may_block block);

} // namespace pier::files
