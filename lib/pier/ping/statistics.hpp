// All that is known about one target: fed with what happened, asked for figures. No I/O.
#pragma once

#include "pier/base/distribution.hpp"
#include "pier/ping/loss.hpp"
#include "pier/ping/probe_table.hpp"
#include "pier/ping/reordering.hpp"
#include "pier/ping/timeline.hpp"
#include "pier/ping/timing.hpp"
#include "pier/ping/variation.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace pier::ping {

/// What came that could not be taken for an answer.
enum class fault : std::uint8_t {
    corrupt,    ///< too short, wrong HMAC, not what was sent
    refused,    ///< ICMP said that nobody listens there, or TCP did
    unreachable ///< ICMP said that it cannot be reached
};

struct one_way {
    variation delays;   ///< differences of two clocks: only as good as both
    int hop_limit = -1; ///< with which the last one arrived
};

class statistics {
public:
    struct counts {
        std::uint64_t sent = 0;
        std::uint64_t received = 0; ///< in time
        std::uint64_t lost = 0;     ///< without an answer in time (RFC 7680 2.6: late is lost)
        std::uint64_t late = 0;     ///< of these: answered after all
        std::uint64_t duplicated = 0;
        std::uint64_t reordered = 0;
        std::uint64_t corrupt = 0;
        std::uint64_t stray = 0;   ///< of a number never sent, another's timestamp, or too old
        std::uint64_t refused = 0; ///< ICMP messages
        std::uint64_t unreachable = 0;
        std::uint64_t not_sent = 0;                         ///< the system would not send it
        std::uint64_t kernel_sent = 0, kernel_received = 0; ///< of `received`: stamps that are the kernel's
        std::uint64_t clock_steps = 0;
    };

    explicit statistics(bool stateful_reflector = false) : directions_(stateful_reflector) {}

    void sent(const probe& p);
    void not_sent() { ++counts_.not_sent; }
    /// An answer that table and clocks have judged.
    void came(match m, const answer& a, const timing& t);
    void failed(fault f);
    /// The fate of a probe, in order of their numbers; `began`: when the run did, steady.
    void settled(const probe& p, std::int64_t began);
    /// What this machine's clock may be off by: looked at once in a while.
    void clock(error_estimate ours);

    const counts& totals() const { return counts_; }
    std::uint64_t under_way() const { return counts_.sent - counts_.received - counts_.lost; }
    /// Of those whose fate is known.
    double loss() const
    {
        auto known = counts_.received + counts_.lost;
        return known ? static_cast<double>(counts_.lost) / static_cast<double>(known) : 0;
    }
    const distribution& rtt() const { return rtt_.delays(); }
    const variation& rtt_variation() const { return rtt_; }
    const distribution& call() const { return call_; }
    const distribution& from_due() const { return from_due_; }
    const distribution& processing() const { return processing_; }
    const distribution& lateness() const { return lateness_; }
    const one_way& there() const { return there_; }
    const one_way& back() const { return back_; }
    const loss_runs& runs() const { return runs_; }
    const directions& ways() const { return directions_; }
    const ping::reordering& order() const { return order_; }
    const timeline& over_time() const { return timeline_; }
    int traffic_class() const { return traffic_class_; } ///< of the last answer; -1: not told

    /// Both clocks follow UTC, all along: one-way delays mean something, give or take error_bound().
    bool clocks_agree() const
    {
        return ours_synchronized_ && theirs_synchronized_ && there_.delays.delays().count();
    }
    std::chrono::nanoseconds error_bound() const { return ours_bound_ + theirs_bound_; }

private:
    void answered(const answer& a, const timing& t);
    void reflected(const answer& a, const timing& t);

    counts counts_;
    variation rtt_;
    distribution call_, from_due_, processing_, lateness_;
    one_way there_, back_;
    loss_runs runs_;
    directions directions_;
    ping::reordering order_;
    timeline timeline_;
    int traffic_class_ = -1;
    bool ours_synchronized_ = false, theirs_synchronized_ = true;
    std::chrono::nanoseconds ours_bound_{0}, theirs_bound_{0};
};

} // namespace pier::ping
