// The senders of one shard by name: open addressing, keyed hash. No I/O.
#pragma once

#include "pier/beat/sender.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace pier::beat {

class sender_index {
public:
    /// `hash` is the name's, the same each time.
    sender* find(std::string_view name, std::uint64_t hash);
    sender& insert(std::unique_ptr<sender> s, std::uint64_t hash);
    void erase(std::string_view name, std::uint64_t hash);
    std::size_t size() const { return size_; }

    /// The places from `from` on until `visit(sender&)` returns false; returns where to go on, or places().
    template <class Visit>
    std::size_t visit(std::size_t from, Visit visit)
    {
        for (; from < slots_.size(); ++from)
            if (slots_[from].who && !visit(*slots_[from].who))
                return from + 1;
        return slots_.size();
    }
    std::size_t places() const { return slots_.size(); }

private:
    struct slot {
        std::uint64_t hash = 0;
        std::unique_ptr<sender> who;
    };
    std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
    std::size_t place(std::string_view name, std::uint64_t hash) const;
    void grow();

    std::vector<slot> slots_; ///< a power of two, at most half of them taken
    std::size_t size_ = 0;
};

} // namespace pier::beat
