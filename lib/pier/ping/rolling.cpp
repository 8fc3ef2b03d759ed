#include "pier/ping/rolling.hpp"

namespace pier::ping {

rolling::slice& rolling::at(std::int64_t now)
{
    std::int64_t number = now / slice_;
    slice& s = ring_[static_cast<std::size_t>(number % slices)];
    if (s.number != number) {
        s.number = number;
        s.settled = s.lost = 0;
        s.rtt = std::make_unique<histogram>();
    }
    return s;
}

rolling::figures rolling::within(std::int64_t now) const
{
    figures sum;
    std::int64_t number = now / slice_;
    for (const slice& s : ring_)
        if (s.number >= 0 && s.number > number - slices && s.number <= number) {
            sum.settled += s.settled;
            sum.lost += s.lost;
            s.rtt->add_to(sum.rtt);
        }
    return sum;
}

} // namespace pier::ping
