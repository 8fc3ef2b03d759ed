// A sender and a monitor in simulated time: how soon a death is noticed, and how often one is cried that was
// none.
#pragma once

#include "pier/beat/monitor.hpp"

#include <algorithm>
#include <random>
#include <vector>

namespace pier::beat::simulation {

struct network {
    double loss = 0;
    double interval = 1e6; ///< microseconds
    double jitter = 5'000; ///< of the sender, a normal variable's deviation
    double delay = 20'000; ///< of the way, an exponential variable's mean
};

class world {
public:
    world(const detector_config& judge, network n, std::uint32_t seed)
        : network_(n), dice_(seed), group_(make_group(judge)), monitor_(group_)
    {
        run(300); // until the windows are full
        monitor_.take_events();
    }

    /// So many beats; returns how often the living sender was called dead.
    std::uint64_t run(std::uint64_t beats) { return run(beats, network_.loss); }

    /// It dies at any moment before its next beat, and starts anew when that was noticed: after so many
    /// seconds.
    double die()
    {
        run(1, 0); // it is known to be alive, also to a monitor that cries too soon
        double died = scheduled_ + chance_(dice_) * network_.interval;
        std::uint64_t noticed = advance(std::max(now_, died));
        while (noticed == 0)
            noticed = advance(now_ + tick);
        double took = std::max(0.0, now_ - died);
        scheduled_ = now_;
        ++beat_.boot;
        beat_.sequence = 0;
        return took / 1e6;
    }

private:
    std::uint64_t run(std::uint64_t beats, double loss)
    {
        std::uint64_t alarms = 0;
        for (std::uint64_t i = 0; i < beats; ++i) {
            scheduled_ += network_.interval;
            double sent = scheduled_ + network_.jitter * normal_(dice_);
            beat_.sequence += 1;
            if (chance_(dice_) < loss)
                continue;
            double arrives = std::max(now_, sent + network_.delay * exponential_(dice_));
            alarms += advance(arrives);
            beat_.sent = static_cast<std::int64_t>(sent) * 1000;
            look(arrives);
            monitor_.take({.beat = beat_, .wall = static_cast<std::int64_t>(arrives)},
                          group_->hash(beat_.name));
        }
        return alarms;
    }

    static constexpr double tick = 250'000;

    static std::shared_ptr<monitor_group> make_group(const detector_config& judge)
    {
        monitor_config config;
        config.detector = judge;
        config.damping.on = false;
        return std::make_shared<monitor_group>(config, siphash_key{1, 2});
    }
    void look(double at)
    {
        now_ = at;
        auto time = static_cast<std::int64_t>(at);
        monitor_.look_at_clock(time, time);
    }
    /// Ticks until then; returns how many deaths were noticed.
    std::uint64_t advance(double until)
    {
        std::uint64_t deaths = 0;
        while (next_tick_ <= until) {
            look(std::max(now_, next_tick_));
            monitor_.sweep();
            for (const event& e : monitor_.take_events())
                deaths += e.kind == event_kind::died;
            next_tick_ += tick;
        }
        now_ = std::max(now_, until);
        return deaths;
    }

    const network network_;
    std::mt19937 dice_;
    std::uniform_real_distribution<double> chance_{0, 1};
    std::normal_distribution<double> normal_{0, 1};
    std::exponential_distribution<double> exponential_{1};
    std::shared_ptr<monitor_group> group_;
    monitor monitor_;
    double scheduled_ = 1e9, now_ = 1e9, next_tick_ = 1e9;
    heartbeat beat_{.name = "sender", .boot = 1, .interval = std::chrono::milliseconds(1000)};
};

struct findings {
    double median = 0, p99 = 0; ///< seconds from a death until it is noticed
    double alarms = 0;          ///< false ones, in 1 000 hours
};

inline findings measure(const detector_config& judge, network n, std::uint64_t hours, unsigned deaths,
                        std::uint32_t seed = 1)
{
    world w(judge, n, seed);
    std::uint64_t alarms = w.run(hours * 3600);
    std::vector<double> took;
    for (unsigned i = 0; i < deaths; ++i) {
        took.push_back(w.die());
        w.run(300);
    }
    std::sort(took.begin(), took.end());
    return {took[took.size() / 2], took[took.size() * 99 / 100],
            static_cast<double>(alarms) * 1000 / static_cast<double>(hours)};
}

} // namespace pier::beat::simulation
