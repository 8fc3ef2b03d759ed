#include "pier/base/units.hpp"
#include "pier/get/load_report.hpp"

#include <cmath>

namespace pier::get {

std::vector<std::string> load_warnings(const load_result& r)
{
    const load_tally& t = r.tally;
    std::vector<std::string> found;
    if (t.failed())
        found.push_back("latencies are of answers alone; " + std::to_string(t.failed()) + " of " +
                        std::to_string(t.begun) + " requests failed and are not among them.");
    if (t.unsent)
        found.push_back("all connections were busy when the time was over: the server answers fewer than " +
                        std::to_string(r.rate) +
                        " requests a second, or --concurrency is too low for so many. "
                        "What was not sent would have had the longest latencies.");
    if (r.late())
        found.push_back("this program sent up to " + format_ms(t.late.percentile(0.99)) +
                        " ms (p99) later than it meant to, and that is a part of the latencies: the machine "
                        "has too much to do.");
    if (r.short_of_processor())
        found.push_back("this program's thread was busy for " + std::to_string(std::lround(r.busy * 100)) +
                        " % of the time: it may be what limits the rate, and a part of the latencies. "
                        "--threads divides its work.");
    return found;
}

} // namespace pier::get
