#include "pier/beat/phi.hpp"

#include <algorithm>
#include <cmath>

namespace pier::beat {

namespace {

/// The probability that a normal variable is more than so many deviations above its mean.
double tail(double deviations)
{
    return 0.5 * std::erfc(deviations / std::sqrt(2.0));
}

} // namespace

double normal_phi(double deviations)
{
    double chance = tail(deviations);
    return chance > 0 ? std::min(most_phi, -std::log10(chance)) : most_phi;
}

double silence_phi(double elapsed, const expectation& of)
{
    double phi = 0;
    for (double due = of.mean; phi < most_phi; due += of.mean) {
        double deviations = (elapsed - due - of.pause) / of.deviation;
        if (deviations < -6)
            break; // this beat is not due yet, and no later one is
        phi += of.loss > 0 ? -std::log10(of.loss + (1 - of.loss) * tail(deviations)) : normal_phi(deviations);
    }
    return std::min(phi, most_phi);
}

} // namespace pier::beat
