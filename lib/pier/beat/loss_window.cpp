#include "pier/beat/loss_window.hpp"

#include <algorithm>
#include <cmath>

namespace pier::beat {

namespace {
/// Of who was heard a few times only the first so many beats are presumed to have arrived: else nothing could
/// be said of a new sender for a hundred intervals.
constexpr std::uint16_t presumed = 32;
/// Beyond it the silence of a sender would mean nothing for hours.
constexpr double most_loss = 0.9;
} // namespace

void loss_window::push(bool lost)
{
    std::uint64_t& word = bits_[next_ / 64];
    std::uint64_t bit = std::uint64_t{1} << (next_ % 64);
    if (count_ == kept)
        lost_ = static_cast<std::uint16_t>(lost_ - ((word & bit) != 0));
    else
        ++count_;
    word = lost ? word | bit : word & ~bit;
    lost_ = static_cast<std::uint16_t>(lost_ + lost);
    next_ = static_cast<std::uint16_t>((next_ + 1) % kept);
}

void loss_window::lost(std::uint64_t beats)
{
    for (beats = std::min<std::uint64_t>(beats, kept); beats > 0; --beats)
        push(true);
}

void loss_window::came_late()
{
    for (std::uint64_t& word : bits_)
        if (word) {
            word &= word - 1; // whichever: only their number counts
            --lost_;
            return;
        }
}

double loss_window::loss() const
{
    return count_ == 0 ? 0 : static_cast<double>(lost_) / count_;
}

double loss_window::likely_loss() const
{
    double n = std::max(count_, presumed) + 4.0, p = (lost_ + 2.0) / n;
    return std::min(most_loss, p + 2 * std::sqrt(p * (1 - p) / n));
}

} // namespace pier::beat
