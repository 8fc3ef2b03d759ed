// A shard's memory of resources by path: least recently used ones leave when bytes or descriptors run out. No
// I/O.
#pragma once

#include "pier/base/intrusive_list.hpp"
#include "pier/files/resource.hpp"
#include "pier/net/deadlines.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pier::files {

struct cache_limits {
    std::uint64_t bytes = 64 << 20;
    std::size_t descriptors = 1024;
};

class cache {
public:
    explicit cache(cache_limits limits) : limits_(limits) {}

    struct entry : list_hook<cache> {
        std::string path;
        std::shared_ptr<const resource> what;
        net::ticks checked = 0; ///< when it was last known to be as the disk has it
    };

    /// The entry, now the most recently used one; null when there is none. Valid until the next put or
    /// remove.
    entry* find(std::string_view path);
    /// Replaces what was there. Nothing is kept that would fill more than a quarter of the whole.
    void put(std::string_view path, std::shared_ptr<const resource> what, net::ticks now);
    void remove(std::string_view path);

    std::uint64_t bytes() const { return bytes_; }
    std::size_t descriptors() const { return descriptors_; }
    std::size_t size() const { return entries_.size(); }

private:
    void drop(entry& e);

    cache_limits limits_;
    std::uint64_t bytes_ = 0;
    std::size_t descriptors_ = 0;
    intrusive_list<entry, cache> by_age_; // before the entries, which unlink themselves
    std::unordered_map<std::string_view, std::unique_ptr<entry>> entries_; // keyed by the entry's own path
};

} // namespace pier::files
