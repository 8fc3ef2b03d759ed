#include "pier/beat/strip.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

/// How a cell counts among those of one minute: having been new at its beginning matters least.
int rank(std::uint8_t cell)
{
    return cell == 1 + static_cast<std::uint8_t>(state::fresh) ? 0 : cell;
}

} // namespace

std::string_view to_string(state s)
{
    constexpr std::string_view names[] = {"stopped", "up", "new", "late", "suspect", "down"};
    return names[static_cast<std::size_t>(s)];
}

void strip::move_to(std::uint32_t minute, state meanwhile)
{
    if (last_ == 0 || minute < last_) // the first, or the clock was set back: what was known stays
        last_ = minute;
    std::uint32_t first =
        std::max(last_ + 1, minute < minutes ? 0 : minute - static_cast<std::uint32_t>(minutes) + 1);
    for (std::uint32_t m = first; m <= minute; ++m)
        cell(m) = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(meanwhile));
    last_ = minute;
}

void strip::note(std::uint32_t minute, state before, state now)
{
    move_to(minute, before);
    std::uint8_t& at = cell(minute);
    std::uint8_t lost = at & loss_bit, worst = at & static_cast<std::uint8_t>(~loss_bit);
    for (state s : {before, now}) {
        auto other = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(s));
        worst = worst == 0 || rank(other) > rank(worst) ? other : worst;
    }
    at = static_cast<std::uint8_t>(worst | lost);
}

void strip::note_loss(std::uint32_t minute, state now)
{
    note(minute, now, now);
    cell(minute) |= loss_bit;
}

std::string strip::text(std::uint32_t minute, state now) const
{
    strip until = *this;
    if (last_ != 0)
        until.note(minute, now, now);
    std::string letters;
    for (std::uint32_t back = minutes; back-- > 0;) {
        std::uint8_t value = until.cell(minute - back);
        std::uint8_t known = value & static_cast<std::uint8_t>(~loss_bit);
        char letter = known == 0 || known > 6 ? '-' : "xunlsd"[known - 1];
        letters.push_back(value & loss_bit ? to_upper(letter) : letter);
    }
    return letters;
}

} // namespace pier::beat
