#include "pier/get/load_turns.hpp"

#include <algorithm>

namespace pier::get {

namespace {

/// Of `n` that are dealt in turn.
std::uint64_t share(std::uint64_t n, std::uint64_t index, std::uint64_t threads)
{
    return n / threads + (index < n % threads ? 1 : 0);
}

} // namespace

load_turns::load_turns(load_plan& plan, std::uint64_t index, std::uint64_t threads) : plan_(plan)
{
    if (plan.rate == 0)
        return;
    period all = period::rate(static_cast<std::int64_t>(plan.rate));
    every_ = {all.nanoseconds * static_cast<std::int64_t>(threads), all.divided_by};
    std::uint64_t total =
        plan.requests ? all.within(plan.measured_from - plan.begin) + plan.requests : load_plan::never;
    if (plan.end != load_plan::never)
        total = std::min(total, all.within(plan.end - plan.begin));
    count_ = share(total, index, threads);
    over_ = count_ == 0; // a schedule's 0 is no end
    schedule_.emplace(plan.begin + all.times(index), every_, count_);
}

std::optional<turn> load_turns::take(moment now)
{
    if (finished(now))
        return std::nullopt;
    if (schedule_) {
        auto due = schedule_->take(now);
        if (!due)
            return std::nullopt;
        ++given_;
        return turn{*due, *due >= plan_.measured_from};
    }
    bool measured = now >= plan_.measured_from;
    if (measured && plan_.requests && plan_.taken.fetch_add(1, std::memory_order_relaxed) >= plan_.requests) {
        over_ = true;
        return std::nullopt;
    }
    return turn{now, measured};
}

std::uint64_t load_turns::untaken(moment now) const
{
    if (!schedule_ || count_ == 0)
        return 0;
    moment passed = std::min(now, plan_.end) - schedule_->due(0);
    return passed < 0 ? 0 : std::min(count_, every_.within(passed + 1)) - given_;
}

} // namespace pier::get
