#include "pier/beat/arrival_window.hpp"

#include <algorithm>
#include <cmath>

namespace pier::beat {

namespace {
constexpr double bootstrap_deviation = 0.25; // as Akka's failure detector begins
}

void arrival_window::expect(double interval, bool is_promised)
{
    *this = {};
    unit_ = static_cast<float>(std::max(interval, 1.0) / resolution);
    least_ = static_cast<float>(interval);
    promised_ = is_promised;
}

void arrival_window::add(double interval)
{
    double scaled = std::max(0.0, interval / static_cast<double>(unit_));
    if (scaled > 65535) {
        float promise = least_;
        expect(interval, promised_);
        if (promised_)
            least_ = promise;
        scaled = resolution;
    }
    auto sample = static_cast<std::uint16_t>(scaled);
    if (count_ == kept) {
        std::uint32_t oldest = samples_[next_];
        sum_ -= oldest;
        squares_ -= std::uint64_t{oldest} * oldest;
    } else {
        ++count_;
    }
    samples_[next_] = sample;
    next_ = static_cast<std::uint8_t>((next_ + 1) % kept);
    sum_ += sample;
    squares_ += std::uint64_t{sample} * sample;
}

double arrival_window::mean() const
{
    double units = count_ == 0 ? resolution : static_cast<double>(sum_) / count_;
    double least = promised_ || count_ < learned ? static_cast<double>(least_) : 1;
    return std::max(least, units * static_cast<double>(unit_));
}

double arrival_window::deviation() const
{
    double middle = mean();
    if (count_ < 2)
        return middle * bootstrap_deviation;
    double units = static_cast<double>(sum_) / count_;
    double variance = static_cast<double>(squares_) / count_ - units * units;
    double found = std::sqrt(std::max(0.0, variance)) * static_cast<double>(unit_);
    // The first few samples tell little of how they scatter.
    double floor = count_ < learned ? bootstrap_deviation : least_deviation;
    return std::max(found, middle * floor);
}

} // namespace pier::beat
