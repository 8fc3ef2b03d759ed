// Deadlines of clients: the lists of deadlines.hpp and a timer that looks at them when the first one is due.
// Arming is still two pointer writes; the timer runs only while something is armed.
#pragma once

#include "pier/net/coarse_clock.hpp"
#include "pier/net/deadlines.hpp"
#include "pier/net/types.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace pier::net {

class deadline_clock {
public:
    /// What can expire. It may arm itself anew, and end others.
    class hook : public deadline_hook {
    public:
        virtual void expired() = 0;

    protected:
        ~hook() = default;
    };

    explicit deadline_clock(asio::io_context& context);
    deadline_clock(const deadline_clock&) = delete;
    deadline_clock& operator=(const deadline_clock&) = delete;

    ticks now() { return clock_.now(); }
    /// Replaces whatever deadline `one` had. Late by a few milliseconds at most. Few different durations.
    void arm(hook& one, std::chrono::milliseconds after);
    /// With nothing armed it holds the event loop no longer: a deadline that was disarmed leaves the timer
    /// running until it would have passed.
    void rest();

private:
    void look();
    void look_at(ticks when);

    coarse_clock clock_;
    std::vector<std::unique_ptr<deadline_list>> lists_;
    timer timer_;
    std::optional<ticks> due_;              ///< when the timer goes off
    std::shared_ptr<deadline_clock*> self_; ///< its handler may outlive us
};

} // namespace pier::net
