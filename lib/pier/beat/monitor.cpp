#include "pier/beat/monitor.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

/// Until a second beat has shown the interval of who does not say it.
constexpr std::int64_t presumed_interval = 10'000'000;
/// And until more have, lest two that come together make it nothing.
constexpr double least_presumed = 1'000'000;
/// A beat waits no longer than this between the kernel and us, unless we paused.
constexpr std::int64_t longest_wait = 1'000'000;

bool is_overdue(state s)
{
    return s == state::late || s == state::suspect || is_silenced(s);
}

} // namespace

monitor::monitor(std::shared_ptr<monitor_group> group)
    : group_(std::move(group)), detector_(group_->config.detector), clock_(group_->config.pause_guard)
{
}

monitor::~monitor()
{
    group_->senders.fetch_sub(senders_.size(), std::memory_order_relaxed);
}

void monitor::look_at_clock(std::int64_t monotonic, std::int64_t wall)
{
    if (clock_.look(monotonic, wall) > 0)
        counters_.pauses.add();
}

void monitor::take(const arrival& a, std::uint64_t hash)
{
    sender* s = senders_.find(a.beat.name, hash);
    if (!s) {
        if ((s = admit(a, hash)))
            note(event_kind::appeared, *s);
        return;
    }
    bool said_again = a.beat.bye && s->now == state::stopped && a.beat.boot == s->boot;
    if (said_again)
        return; // a bye is sent several times
    if (is_new_start(*s, a))
        return restart(*s, a);
    sequence_window::found at = s->sequence.look(a.beat.sequence);
    if (is_older_start(*s, a) || at.where == sequence_window::place::outdated) {
        ++s->outdated;
        counters_.outdated.add();
    } else if (at.where == sequence_window::place::duplicate) {
        ++s->duplicated;
        counters_.duplicated.add();
    } else if (at.where == sequence_window::place::filled) {
        take_overtaken(*s, a);
    } else {
        take_next(*s, a, at.skipped);
    }
}

sender* monitor::admit(const arrival& a, std::uint64_t hash)
{
    if (!group_->enter()) {
        counters_.refused.add();
        return nullptr;
    }
    auto made = std::make_unique<sender>();
    made->name = a.beat.name;
    sender& s = senders_.insert(std::move(made), hash);
    s.first_heard = a.wall;
    s.since = clock_.wall();
    s.now = a.beat.bye ? state::stopped : state::fresh;
    counters_.senders[static_cast<std::size_t>(s.now)].add();
    s.history.note(minute(), s.now, s.now);
    begin(s, a);
    return &s;
}

/// The first beat of a start.
void monitor::begin(sender& s, const arrival& a)
{
    s.boot = a.beat.boot;
    s.sequence.begin(a.beat.sequence);
    s.interval = static_cast<std::uint32_t>(a.beat.interval.count());
    bool says = s.interval != 0;
    s.intervals.expect(static_cast<double>(says ? microseconds(a.beat.interval) : presumed_interval), says);
    s.difference.begin(a.wall - a.beat.sent / 1000);
    heard(s, a, clock_.now());
}

/// Packets say which start they are of. Of two texts the one with the lower number is of a new start when it
/// was sent later.
bool monitor::is_new_start(const sender& s, const arrival& a) const
{
    if (s.is_text())
        return a.beat.sequence <= s.sequence.highest() && a.beat.sent / 1000 > s.sent;
    if (a.beat.boot > s.boot)
        return true;
    // A machine whose clock was wrong when it started: believed when the other start is silent, and nobody
    // could have replayed it.
    return a.beat.boot < s.boot && is_overdue(s.now) && !a.is_signed;
}

bool monitor::is_older_start(const sender& s, const arrival& a) const
{
    return !s.is_text() && a.beat.boot < s.boot;
}

void monitor::restart(sender& s, const arrival& a)
{
    bool was_gone = is_silenced(s.now);
    ++s.restarts;
    counters_.restarts.add();
    s.address = a.address;
    s.port = a.port;
    if (!was_gone)
        note(event_kind::restarted, s);
    if (was_gone && !a.beat.bye)
        note(event_kind::recovered, s);
    become(s, a.beat.bye ? state::stopped : state::up);
    begin(s, a);
}

void monitor::take_next(sender& s, const arrival& a, std::uint64_t skipped)
{
    std::int64_t at = arrived(s, a);
    bool live = !was_queued(a) && s.pauses == clock_.pauses(); // else it was we who were away
    if (live && skipped > 0) {
        s.lost += skipped;
        counters_.lost.add(skipped);
        s.history.note_loss(minute(), s.now);
    }
    if (skipped == 0 && (s.now == state::late || s.now == state::suspect)) {
        ++s.late;
        counters_.late.add();
    }
    // What an outage took says nothing of the network's loss, nor of the interval.
    if (live && !is_silenced(s.now) && !a.beat.bye)
        learn(s, a, skipped, at);
    else
        s.difference.begin(a.wall - a.beat.sent / 1000);
    s.sequence.take(a.beat.sequence);
    bool back = is_silenced(s.now) && !a.beat.bye;
    s.address = a.address;
    s.port = a.port;
    if (back)
        note(event_kind::recovered, s);
    become(s, a.beat.bye ? state::stopped : state::up);
    heard(s, a, at);
}

void monitor::learn(sender& s, const arrival& a, std::uint64_t skipped, std::int64_t at)
{
    double steps = static_cast<double>(skipped) + 1;
    double elapsed = static_cast<double>(at - s.last_arrival);
    bool had_interval = s.interval != 0 || s.intervals.count() > 0;
    std::int64_t difference = a.wall - a.beat.sent / 1000;
    if (had_interval && s.clock_steps_here == clock_.steps() &&
        time_difference::is_step(static_cast<double>(a.beat.sent / 1000 - s.sent), elapsed,
                                 steps * s.intervals.mean())) {
        ++s.clock_steps;
        counters_.clock_steps.add();
        note(event_kind::clock_set, s, s.difference.last() - difference);
        s.difference.begin(difference);
    } else if (s.clock_steps_here == clock_.steps()) {
        s.difference.add(difference);
    } else {
        s.difference.begin(difference);
    }
    if (!had_interval)
        s.intervals.expect(std::max(elapsed / steps, least_presumed), false);
    s.intervals.add(elapsed / steps);
    s.losses.lost(skipped);
    s.losses.arrived();
}

/// It was counted as lost. It says nothing of whether the sender is alive now: a later one has come.
void monitor::take_overtaken(sender& s, const arrival& a)
{
    s.sequence.take(a.beat.sequence);
    ++s.received;
    counters_.received.add();
    ++s.reordered;
    counters_.reordered.add();
    if (s.lost > 0)
        --s.lost;
    s.losses.came_late();
}

/// Beats that waited for a monitor that paused arrived, as far as it can tell, when it went on.
std::int64_t monitor::arrived(const sender& s, const arrival& a) const
{
    std::int64_t waited =
        was_queued(a) ? 0 : std::clamp<std::int64_t>(clock_.wall() - a.wall, 0, longest_wait);
    return std::max(s.last_arrival, clock_.now() - waited);
}

void monitor::heard(sender& s, const arrival& a, std::int64_t at)
{
    ++s.received;
    counters_.received.add();
    s.sent = a.beat.sent / 1000;
    s.address = a.address;
    s.port = a.port;
    s.last_heard = a.wall;
    s.last_arrival = at;
    s.clock_steps_here = clock_.steps();
    if (!was_queued(a))
        s.pauses = clock_.pauses();
    settle(s);
    schedule(s);
}

} // namespace pier::beat
