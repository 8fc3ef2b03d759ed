#include "pier/beat/flap_damping.hpp"

#include <cmath>

namespace pier::beat {

double flap_damping::at(std::int64_t now, const damping_config& by) const
{
    double halves = static_cast<double>(now - since_) / 1000 / static_cast<double>(by.half_life.count());
    return static_cast<double>(penalty_) * std::exp2(-halves);
}

void flap_damping::penalize(std::int64_t now, const damping_config& by)
{
    penalty_ = static_cast<float>(at(now, by) + 1);
    since_ = now;
    damped_ = damped_ || (by.on && static_cast<double>(penalty_) > by.suppress);
}

bool flap_damping::settles(std::int64_t now, const damping_config& by)
{
    if (!damped_ || at(now, by) >= by.reuse)
        return false;
    damped_ = false;
    return true;
}

} // namespace pier::beat
