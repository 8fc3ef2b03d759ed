// Whose turn it is: when the next request is to be sent. A closed loop sends when a connection is free, an
// open one when the schedule says so, however long answers take: else requests that a slow server delays
// would be missing just where they would have been slow (coordinated omission). Of one thread; no I/O.
#pragma once

#include "pier/base/schedule.hpp"
#include "pier/get/load_tally.hpp"

#include <atomic>
#include <limits>
#include <optional>

namespace pier::get {

struct turn {
    moment due = 0; ///< from when on its latency counts
    bool measured = true;
};

/// What all threads share.
struct load_plan {
    static constexpr moment never = std::numeric_limits<moment>::max();

    moment begin = 0;                    ///< of the first request
    moment measured_from = 0;            ///< after the warm-up
    moment end = never;                  ///< no request begins from then on
    std::uint64_t rate = 0;              ///< a second; 0: a closed loop
    std::uint64_t requests = 0;          ///< measured ones; 0: no number ends it
    std::atomic<std::uint64_t> taken{0}; ///< of `requests`, in a closed loop
};

class load_turns {
public:
    /// Thread number `index` of `threads`.
    load_turns(load_plan& plan, std::uint64_t index, std::uint64_t threads);

    /// For a connection that is free: a request to send at once. Nothing: none is due yet, or ever.
    std::optional<turn> take(moment now);
    /// No request will come any more.
    bool finished(moment now) const { return over_ || now >= plan_.end || schedule_finished(); }
    bool open_loop() const { return schedule_.has_value(); }
    /// When take() will have something; of an open loop.
    moment next_due() const { return schedule_->next_due(); }
    /// Of an open loop: what has become due and was not taken.
    std::uint64_t untaken(moment now) const;

private:
    bool schedule_finished() const { return schedule_ && schedule_->finished(); }

    load_plan& plan_;
    bool over_ = false;
    std::uint64_t count_ = 0, given_ = 0;
    period every_{};
    std::optional<schedule> schedule_;
};

} // namespace pier::get
