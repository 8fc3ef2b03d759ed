// Flap damping after RFC 2439 (section 4.4): each time that a sender goes down counts, the count decays by
// half in a while; above a limit its alerts are held back, until it has fallen below another. No I/O.
#pragma once

#include <chrono>
#include <cstdint>

namespace pier::beat {

struct damping_config {
    bool on = true;
    double suppress = 2.5; ///< three times down in quick succession
    double reuse = 1;
    std::chrono::milliseconds half_life{300'000};
};

/// Times are microseconds of the monitor's clock.
class flap_damping {
public:
    /// It went down.
    void penalize(std::int64_t now, const damping_config& by);
    bool is_damped() const { return damped_; }
    /// True once, when it has been quiet long enough.
    bool settles(std::int64_t now, const damping_config& by);

private:
    double at(std::int64_t now, const damping_config& by) const;

    float penalty_ = 0;
    bool damped_ = false;
    std::int64_t since_ = 0; ///< the penalty is of that time
};

} // namespace pier::beat
