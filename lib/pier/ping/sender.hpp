// The loop that a run consists of: send what is due, hear what comes, give up what is overdue, sleep until
// there is more. Plain system calls on one thread: docs/decisions has why.
#pragma once

#include "pier/base/schedule.hpp"
#include "pier/net/interrupt.hpp"
#include "pier/ping/console.hpp"
#include "pier/ping/metrics.hpp"
#include "pier/ping/observer.hpp"
#include "pier/ping/prober.hpp"

#include <memory>
#include <vector>

namespace pier::ping {

/// A target, how to reach it, and when.
struct lane {
    std::unique_ptr<ping::target> target;
    std::unique_ptr<ping::prober> prober;
    pier::schedule schedule;
    live_counters* live;
};

class sender final : private events {
public:
    sender(std::vector<lane>& lanes, observer& told, console& out, bool spin);

    /// Until all is sent and settled, or Ctrl-C.
    void run(const net::interrupt& ctrl_c);

private:
    void came(target& from, const answer& a) override;
    void failed(target& from, fault f, probe* about) override;
    void not_sent(target& to, probe& p, int error) override;

    bool finished() const;
    void look_at_clock(std::int64_t now);
    void send_due(lane& l);
    void settle(lane& l);
    /// When to send next, and when else there is something to do.
    struct agenda {
        std::int64_t send;
        std::int64_t other;
    };
    agenda next() const;
    void rest(const agenda& until, const net::interrupt& ctrl_c);
    bool anything_under_way() const;
    void receive_all();
    live_counters& live(const target& t) const { return *lane_of(t).live; }
    const lane& lane_of(const target& t) const;

    std::vector<lane>& lanes_;
    observer& told_;
    console& out_;
    bool spin_;
    bool interrupted_ = false;
    std::int64_t next_clock_ = 0;
    std::int64_t next_signal_ = 0;
    std::int64_t next_look_ = 0;
    std::vector<pollfd> polled_;
};

} // namespace pier::ping
