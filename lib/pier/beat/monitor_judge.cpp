// The monitor's second half: what becomes of senders as time passes.
#include "pier/beat/address_text.hpp"
#include "pier/beat/monitor.hpp"

#include <algorithm>
#include <cmath>

namespace pier::beat {

namespace {
/// Who flaps is looked at that often.
constexpr std::int64_t settling_interval = 5'000'000;
} // namespace

void monitor::become(sender& s, state to)
{
    if (s.now == to)
        return;
    counters_.senders[static_cast<std::size_t>(s.now)].subtract();
    counters_.senders[static_cast<std::size_t>(to)].add();
    s.history.note(minute(), s.now, to);
    s.now = to;
    s.since = clock_.wall();
    if (to == state::stopped) {
        note(event_kind::stopped, s);
    } else if (to == state::suspect) {
        note(event_kind::suspected, s);
    } else if (to == state::down) {
        bool was_damped = s.damping.is_damped();
        s.damping.penalize(clock_.now(), group_->config.damping);
        note(event_kind::died, s);
        if (!was_damped && s.damping.is_damped())
            note(event_kind::flapping, s);
    }
}

void monitor::note(event_kind kind, sender& s, std::int64_t clock_step)
{
    event e;
    e.kind = kind;
    e.name = s.name;
    e.address = address_text(s.address, s.port);
    e.now = kind == event_kind::recovered || kind == event_kind::restarted ? state::up : s.now;
    e.damped = s.damping.is_damped();
    e.at = clock_.wall();
    e.last_heard = s.last_heard;
    e.silence = std::max<std::int64_t>(0, clock_.now() - s.last_arrival);
    e.phi = phi(s);
    e.clock_step = clock_step;
    e.lost = s.lost;
    events_.push_back(std::move(e));
}

double monitor::phi(const sender& s) const
{
    return s.now == state::stopped ? 0 : detector_.phi(silence(s), s.intervals, s.losses);
}

void monitor::sweep()
{
    wheel_.advance(clock_.now(), [this](sender& s) { check(s); });
}

void monitor::check(sender& s)
{
    settle(s);
    bool silenced = is_silenced(s.now);
    if (silenced && clock_.now() - s.last_arrival >= microseconds(group_->config.forget))
        return forget(s);
    if (!silenced)
        judge(s);
    schedule(s);
}

void monitor::settle(sender& s)
{
    if (s.damping.settles(clock_.now(), group_->config.damping))
        note(event_kind::settled, s);
}

void monitor::judge(sender& s)
{
    switch (detector_.judge(silence(s), s.intervals, s.losses)) {
    case verdict::fine: break;
    case verdict::late: become(s, state::late); break;
    case verdict::suspect: become(s, state::suspect); break;
    case verdict::down: become(s, state::down); break;
    }
}

void monitor::schedule(sender& s)
{
    if (is_silenced(s.now)) {
        s.deadline = s.last_arrival + microseconds(group_->config.forget);
    } else {
        double late = detector_.late_after(s.intervals), now = silence(s);
        double next = now < late ? late : detector_.look_after(now, s.intervals);
        s.deadline = s.last_arrival + static_cast<std::int64_t>(std::ceil(next));
    }
    if (s.damping.is_damped())
        s.deadline = std::min(s.deadline, clock_.now() + settling_interval);
    wheel_.keep(s);
}

void monitor::forget(sender& s)
{
    note(event_kind::forgotten, s);
    counters_.senders[static_cast<std::size_t>(s.now)].subtract();
    group_->senders.fetch_sub(1, std::memory_order_relaxed);
    std::string name = s.name; // goes with it
    senders_.erase(name, group_->hash(name));
}

bool monitor::restore(std::unique_ptr<sender> s)
{
    std::uint64_t hash = group_->hash(s->name);
    if (senders_.find(s->name, hash) || !group_->enter())
        return false;
    sender& kept = senders_.insert(std::move(s), hash);
    counters_.senders[static_cast<std::size_t>(kept.now)].add();
    kept.pauses = static_cast<std::uint16_t>(clock_.pauses() - 1); // we were away
    kept.clock_steps_here = static_cast<std::uint8_t>(clock_.steps() - 1);
    std::int64_t away = std::max<std::int64_t>(0, clock_.wall() - kept.last_heard);
    kept.last_arrival = clock_.now() - (is_silenced(kept.now) ? away : 0);
    schedule(kept);
    return true;
}

} // namespace pier::beat
