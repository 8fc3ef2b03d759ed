// When a silent sender counts as late, suspect, down: by a fixed time-out or by phi. No I/O.
#pragma once

#include "pier/beat/arrival_window.hpp"
#include "pier/beat/loss_window.hpp"

#include <chrono>

namespace pier::beat {

enum class detector_kind { phi, fixed };

struct detector_config {
    detector_kind kind = detector_kind::phi;
    double threshold = 8; ///< the phi at which a sender is down
    /// What a sender may pause without being suspected: added to each silence's allowance.
    std::chrono::milliseconds acceptable_pause{0};
    /// Of the fixed detector: this long, or, at 0, so many intervals.
    std::chrono::milliseconds timeout{0};
    double timeout_intervals = 3;
};

enum class verdict : unsigned char { fine, late, suspect, down };

/// Times are microseconds of silence.
class detector {
public:
    explicit detector(const detector_config& c) : config_(c) {}

    verdict judge(double silence, const arrival_window& intervals, const loss_window& losses) const;
    /// Until then judge() says fine: cheap, for who asks it with every beat.
    double late_after(const arrival_window& intervals) const;
    /// For who was not fine at `silence`: until then the verdict need not be looked at again.
    double look_after(double silence, const arrival_window& intervals) const;
    double phi(double silence, const arrival_window& intervals, const loss_window& losses) const;

private:
    double timeout(const arrival_window& intervals) const;

    detector_config config_;
};

} // namespace pier::beat
