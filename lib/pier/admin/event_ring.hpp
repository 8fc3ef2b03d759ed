// The last few events, kept once for all who read them. A reader is but the number of the event it wants
// next: one that falls behind loses events, not memory, and learns how many. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pier::admin {

class event_ring {
public:
    using event = std::shared_ptr<const std::string>;
    static constexpr std::size_t kept = 8; ///< how far a reader may fall behind

    void push(event e)
    {
        events_[next_ % kept] = std::move(e);
        ++next_;
    }

    /// The number of the event that will come next: where a reader begins.
    std::uint64_t next() const { return next_; }

    struct taken {
        event what;             ///< null: nothing new
        std::uint64_t lost = 0; ///< events before it that are gone
    };
    /// What `reader` has not seen yet, and moves it on.
    taken take(std::uint64_t& reader) const
    {
        if (reader == next_)
            return {};
        std::uint64_t oldest = next_ > kept ? next_ - kept : 0;
        std::uint64_t lost = reader < oldest ? oldest - reader : 0;
        reader += lost;
        return {events_[reader++ % kept], lost};
    }

private:
    std::array<event, kept> events_;
    std::uint64_t next_ = 0;
};

} // namespace pier::admin
