// Prints docs/beatd.md's table: detection time against false alarms, for each detector, threshold and loss.
#include "../unit/beat/simulation.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace pier::beat;

static void row(const std::string& name, const detector_config& judge, std::uint64_t hours)
{
    std::printf("| %s |", name.c_str());
    for (double loss : {0.0, 0.05, 0.36}) {
        auto found = simulation::measure(judge, {.loss = loss}, hours, 1000);
        std::printf(" %.1f s / %.1f s | %.*f |", found.median, found.p99,
                    found.alarms > 0 && found.alarms < 10 ? 1 : 0, found.alarms);
        std::fflush(stdout);
    }
    std::printf("\n");
}

int main(int argc, char** argv)
{
    std::uint64_t hours = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
    std::printf("%llu hours of one beat a second, 1 000 deaths; median / p99 | false alarms in 1 000 h\n",
                static_cast<unsigned long long>(hours));
    std::printf(
        "| detector | 0 %% loss | false alarms | 5 %% loss | false alarms | 36 %% loss | false alarms |\n");
    std::printf("|---|---|---|---|---|---|---|\n");
    for (double threshold : {2.0, 4.0, 6.0, 8.0, 12.0}) {
        detector_config judge;
        judge.threshold = threshold;
        row("`--threshold " + std::to_string(static_cast<int>(threshold)) + "`", judge, hours);
    }
    for (double intervals : {2.0, 3.0, 5.0, 10.0, 20.0}) {
        detector_config judge;
        judge.kind = detector_kind::fixed;
        judge.timeout_intervals = intervals;
        row("`--detector fixed --timeout " + std::to_string(static_cast<int>(intervals)) + "x`", judge,
            hours);
    }
    return 0;
}
