// Who is to be looked at when: a wheel of lists (Varghese and Lauck, 1987), turned by the monitor's clock. A
// beat only moves its sender's deadline; the wheel finds out when it gets there. No I/O.
#pragma once

#include "pier/beat/sender.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pier::beat {

class timer_wheel {
public:
    static constexpr std::int64_t turn = 250'000; ///< microseconds
    static constexpr std::int64_t slots = 512;

    /// After `deadline` has been set.
    void keep(sender& s)
    {
        std::int64_t due = std::clamp((s.deadline + turn - 1) / turn, turned_ + 1, turned_ + slots - 1);
        if (s.linked() && s.due <= due)
            return; // it is looked at early enough, and then put where it belongs
        s.due = due;
        lists_[static_cast<std::size_t>(due % slots)].push_back(s);
    }

    /// Calls `look` for each whose deadline has passed; it sets another and calls keep(), or forgets the
    /// sender.
    template <class Look>
    void advance(std::int64_t now, Look look)
    {
        for (std::int64_t end = now / turn; turned_ < end;) {
            ++turned_;
            auto& list = lists_[static_cast<std::size_t>(turned_ % slots)];
            intrusive_list<sender, wheel_tag> these;
            while (!list.empty())
                these.push_back(list.front());
            while (!these.empty()) {
                sender& s = these.front();
                s.unlink();
                if (s.deadline <= now)
                    look(s);
                else
                    keep(s);
            }
        }
    }

private:
    std::array<intrusive_list<sender, wheel_tag>, slots> lists_;
    std::int64_t turned_ = 0;
};

} // namespace pier::beat
