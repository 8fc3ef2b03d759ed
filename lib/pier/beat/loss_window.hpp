// Which of a sender's last beats arrived: what the network loses of them. No I/O.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pier::beat {

class loss_window {
public:
    static constexpr std::size_t kept = 256;

    void arrived() { push(false); }
    /// Before the one that arrives now.
    void lost(std::uint64_t beats);
    /// One that was taken for lost came after all.
    void came_late();

    double loss() const; ///< 0 to 1, as seen
    /// The upper end of what the loss may be, given what was seen: two standard deviations above Agresti and
    /// Coull's estimate (The American Statistician 52, 1998). Never 0: a network that lost nothing yet may.
    double likely_loss() const;
    std::size_t count() const { return count_; }

private:
    friend struct snapshot_access;

    void push(bool lost);

    std::array<std::uint64_t, kept / 64> bits_{}; ///< 1: lost
    std::uint16_t count_ = 0, next_ = 0, lost_ = 0;
};

} // namespace pier::beat
