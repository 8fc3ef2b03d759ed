#include "pier/beat/detector.hpp"

#include "pier/beat/phi.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

constexpr double late_intervals = 1.5, late_deviations = 3;

double microseconds(std::chrono::milliseconds time)
{
    return static_cast<double>(time.count()) * 1000;
}

} // namespace

double detector::timeout(const arrival_window& intervals) const
{
    double all = config_.timeout.count() > 0 ? microseconds(config_.timeout)
                                             : config_.timeout_intervals * intervals.mean();
    return all + microseconds(config_.acceptable_pause);
}

double detector::late_after(const arrival_window& intervals) const
{
    double mean = intervals.mean();
    double late = std::max(late_intervals * mean, mean + late_deviations * intervals.deviation()) +
                  microseconds(config_.acceptable_pause);
    return config_.kind == detector_kind::fixed ? std::min(late, timeout(intervals)) : late;
}

double detector::look_after(double silence, const arrival_window& intervals) const
{
    double next = silence + std::max(1.0, intervals.mean() / 16);
    if (config_.kind == detector_kind::phi)
        return next;
    double late = late_after(intervals), end = timeout(intervals), half = (late + end) / 2;
    return silence < half ? half : std::max(end, silence + 1);
}

double detector::phi(double silence, const arrival_window& intervals, const loss_window& losses) const
{
    return silence_phi(silence, {intervals.mean(), intervals.deviation(), losses.likely_loss(),
                                 microseconds(config_.acceptable_pause)});
}

verdict detector::judge(double silence, const arrival_window& intervals, const loss_window& losses) const
{
    double late = late_after(intervals);
    if (silence < late)
        return verdict::fine;
    if (config_.kind == detector_kind::fixed) {
        double end = timeout(intervals);
        return silence >= end                ? verdict::down
               : silence >= (late + end) / 2 ? verdict::suspect
                                             : verdict::late;
    }
    double now = phi(silence, intervals, losses);
    return now >= config_.threshold       ? verdict::down
           : now >= config_.threshold / 2 ? verdict::suspect
                                          : verdict::late;
}

} // namespace pier::beat
