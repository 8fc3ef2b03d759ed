#include "pier/beat/strip.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::beat {

std::string_view to_string(state s)
{
    constexpr std::string_view names[] = {"stopped", "up", "new", "late", "suspect", "down"};
    return names[static_cast<std::size_t>(s)];
}

void strip::move_to(std::uint32_t minute, state meanwhile)
{
    if (last_ == 0 || minute < last_) // the first, or the clock was set back: what was known stays
        last_ = minute;
    std::uint32_t first = std::max(last_ + 1, minute < minutes ? 0 : minute - static_cast<std::uint32_t>(minutes) + 1);
    for (std::uint32_t m = first; m <= minute; ++m)
        cell(m) = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(meanwhile));
    last_ = minute;
}

void strip::note(std::uint32_t minute, state before, state now)
{
    move_to(minute, before);
    auto worse = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(std::max(before, now)));
    std::uint8_t& at = cell(minute);
    std::uint8_t lost = at & loss_bit, was = at & static_cast<std::uint8_t>(~loss_bit);
    at = static_cast<std::uint8_t>(std::max(was, worse) | lost);
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
