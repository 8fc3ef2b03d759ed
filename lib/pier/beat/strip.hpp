// A sender's last hour, a byte a minute: the worst state it was in, and whether beats were lost. No I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace pier::beat {

/// In the order of how bad they are; fresh: heard once, shown as "new".
enum class state : std::uint8_t { stopped, up, fresh, late, suspect, down };
std::string_view to_string(state s);
/// No beat of it is waited for.
constexpr bool is_silenced(state s)
{
    return s == state::down || s == state::stopped;
}

class strip {
public:
    static constexpr std::size_t minutes = 60;

    /// From `minute` (of unix time) on it is in state `now`; the minutes since the last call it was in
    /// `before`.
    void note(std::uint32_t minute, state before, state now);
    void note_loss(std::uint32_t minute, state now);

    /// One letter a minute, the last for `minute`: `-` not known, `x` stopped, `u` up, `n` new, `l` late, `s`
    /// suspect, `d` down; in upper case when beats were lost.
    std::string text(std::uint32_t minute, state now) const;

private:
    friend struct snapshot_access;

    static constexpr std::uint8_t loss_bit = 0x80;
    void move_to(std::uint32_t minute, state meanwhile);
    std::uint8_t& cell(std::uint32_t minute) { return cells_[minute % minutes]; }

    std::array<std::uint8_t, minutes> cells_{}; ///< 0: not known, else 1 + state, and the loss bit
    std::uint32_t last_ = 0;                    ///< the minute written last; 0: none
};

} // namespace pier::beat
