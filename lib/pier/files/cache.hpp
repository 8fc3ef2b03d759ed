// A shard's memory of resources by path, in two tiers: small files that are asked for often are kept in
// memory, others open. When a tier is full, something not used of late leaves for what is asked for more
// often, and for nothing else: a walk over the whole site pushes nobody out. No I/O.
#pragma once

#include "pier/base/frequency_sketch.hpp"
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
    explicit cache(cache_limits limits);

    struct in_memory;
    struct open;
    struct entry : list_hook<in_memory>, list_hook<open> {
        const std::string* path = nullptr;
        std::shared_ptr<resource> what;
        net::ticks checked = 0; ///< when it was last known to be as the disk has it
        std::uint32_t descriptors = 0;
        bool used = false; ///< since the tier's hand passed
        std::uint64_t bytes = 0;
    };

    /// The entry; null when there is none. A use. Valid until the next call of another function.
    entry* find(std::string_view path);
    /// Replaces what was there, unless that was checked later; kept if it is worth its place.
    void put(std::string_view path, std::shared_ptr<resource> what, net::ticks checked);
    void remove(std::string_view path);

    /// Makes room for `bytes` of contents more in memory. False when `e` is not worth it.
    bool make_room(entry& e, std::uint64_t bytes);
    /// Tells that the contents or descriptors of `e` have come or gone.
    void measure(entry& e);

    /// What is open and was last checked before `then` leaves, some at each call: a file that was deleted
    /// gives its disk space back.
    void close_unused(net::ticks then);

    std::uint64_t bytes() const { return bytes_; }
    std::size_t descriptors() const { return descriptors_; }
    std::size_t size() const { return entries_.size(); }

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view path) const { return std::hash<std::string_view>()(path); }
    };

    bool fits(std::uint64_t bytes, std::size_t descriptors) const;
    bool make_room(std::string_view path, std::uint64_t bytes, std::size_t descriptors, const entry* keep);
    template <class Tier>
    bool push_out(intrusive_list<entry, Tier>& tier, unsigned worth, const entry* keep);
    void drop(entry& e);

    cache_limits limits_;
    std::uint64_t bytes_ = 0;
    std::size_t descriptors_ = 0;
    bool full_ = false; ///< uses are counted only when there is something to choose
    frequency_sketch uses_;
    // Each tier is a clock: its hand stands at the front, a member that was used gets another round.
    intrusive_list<entry, in_memory> in_memory_; // before the entries, which unlink themselves
    intrusive_list<entry, open> open_;
    std::unordered_map<std::string, entry, hash, std::equal_to<>> entries_;
};

} // namespace pier::files
