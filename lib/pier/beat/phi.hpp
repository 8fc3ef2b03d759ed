// How suspicious a silence is: phi accrual (Hayashibara, Défago, Yared, Katayama, 2004). Phi is -log10 of the
// probability that a sender that is alive would be silent for so long: at 8 one silence in 10^8 is a false
// alarm. No I/O.
#pragma once

namespace pier::beat {

/// -log10 of the probability that a normal variable is more than `deviations` above its mean. By erfc, which
/// holds where the logistic approximation of other detectors is half a unit off and then divides by zero.
double normal_phi(double deviations);

struct expectation {
    double mean = 0;      ///< of the intervals, without lost beats
    double deviation = 0; ///< of the intervals
    double loss = 0;      ///< the probability that a beat is lost
    double pause = 0;     ///< how much longer a sender may pause than it has so far
};

/// Of a silence of `elapsed` since the last beat. Every beat that should have come in this time was lost, or
/// is late by chance: the silence is as improbable as all of these together. Without loss, and until a second
/// beat is due, this is the phi of the paper.
double silence_phi(double elapsed, const expectation& of);

/// Where phi stops to be told from infinity.
inline constexpr double most_phi = 300;

} // namespace pier::beat
