// All that is known of one sender, in half a kilobyte: there may be a hundred thousand of them. No I/O.
#pragma once

#include "pier/base/intrusive_list.hpp"
#include "pier/base/ip_address.hpp"
#include "pier/beat/arrival_window.hpp"
#include "pier/beat/flap_damping.hpp"
#include "pier/beat/loss_window.hpp"
#include "pier/beat/sequence_window.hpp"
#include "pier/beat/strip.hpp"
#include "pier/beat/time_difference.hpp"

#include <cstdint>
#include <string>

namespace pier::beat {

struct wheel_tag;

struct sender : list_hook<wheel_tag> {
    std::string name;
    ip_address address; ///< where its last beat came from
    std::uint16_t port = 0;

    state now = state::fresh;
    std::int64_t since = 0; ///< it is in this state; microseconds since 1970, like the next two
    std::int64_t first_heard = 0;
    std::int64_t last_heard = 0;

    std::uint64_t boot = 0;
    sequence_window sequence;
    std::int64_t sent = 0;         ///< of the highest sequence number, microseconds by the sender's clock
    std::uint32_t interval = 0;    ///< milliseconds, as it says; 0: it does not
    std::int64_t last_arrival = 0; ///< by the monitor's clock, microseconds, like the next
    std::int64_t deadline = 0;     ///< when it is to be looked at
    std::int64_t due = 0;          ///< the wheel's turn in which it stands
    std::uint16_t pauses = 0;      ///< of the monitor, when it was last heard
    std::uint8_t clock_steps_here = 0;

    arrival_window intervals;
    loss_window losses;
    time_difference difference;
    flap_damping damping;
    strip history;

    std::uint64_t received = 0;
    std::uint64_t lost = 0;
    std::uint32_t late = 0;
    std::uint32_t duplicated = 0;
    std::uint32_t reordered = 0;
    std::uint32_t outdated = 0; ///< of an earlier start or far behind: replayed, or long under way
    std::uint32_t restarts = 0;
    std::uint32_t clock_steps = 0;

    bool is_text() const { return boot == 0; }
};

} // namespace pier::beat
