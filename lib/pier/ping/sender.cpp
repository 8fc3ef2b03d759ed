#include "pier/ping/sender.hpp"

#include "pier/ping/clock.hpp"
#include "pier/ping/clock_error.hpp"

#include <algorithm>
#include <cstring>
#include <sys/prctl.h>

namespace pier::ping {

namespace {

/// A sleeping thread is woken some ten microseconds late: it is woken this much early and looks for answers
/// until the moment has come.
constexpr std::int64_t awake_before = 100'000;
/// How often what changes slowly is looked at.
constexpr std::int64_t clock_interval = 1'000'000'000, signal_interval = 5'000'000;
/// While nothing is waited for, only what is late or doubled can come.
constexpr std::int64_t idle_look_interval = 50'000;
/// Sent in a row when many are overdue, before answers are heard again.
constexpr int sent_in_a_row = 32;

} // namespace

sender::sender(std::vector<lane>& lanes, observer& told, console& out, bool spin)
    : lanes_(lanes), told_(told), out_(out), spin_(spin)
{
    ::prctl(PR_SET_TIMERSLACK, 1); // else the kernel wakes up to 50 us late, to save power
    for (lane& l : lanes_)
        polled_.push_back({l.prober->descriptor(), POLLIN, 0});
    polled_.push_back({-1, POLLOUT, 0});
}

void sender::run(const net::interrupt& ctrl_c)
{
    while (!interrupted_ && !finished()) {
        std::int64_t now = steady_now();
        if (now >= next_clock_)
            look_at_clock(now);
        for (lane& l : lanes_)
            send_due(l);
        for (lane& l : lanes_)
            settle(l);
        if (now >= told_.next_tick())
            told_.tick(now);
        rest(next(), ctrl_c);
    }
    receive_all();
    for (lane& l : lanes_)
        settle(l);
}

bool sender::finished() const
{
    return std::ranges::all_of(lanes_, [](const lane& l) {
        return l.schedule.finished() && l.target->session.table().under_way() == 0;
    });
}

void sender::look_at_clock(std::int64_t now)
{
    error_estimate ours = clock_error();
    for (lane& l : lanes_) {
        l.prober->clock(ours);
        l.target->session.figures().clock(ours);
    }
    next_clock_ = now + clock_interval;
}

void sender::send_due(lane& l)
{
    for (int i = 0; i < sent_in_a_row && l.target->session.has_room(); ++i) {
        auto due = l.schedule.take(steady_now());
        if (!due)
            return;
        l.prober->send(*due, *this);
        l.live->sent.add();
    }
}

void sender::settle(lane& l)
{
    session& s = l.target->session;
    std::int64_t now = steady_now();
    // Nothing is given up while its answer may lie there unread: this process may have been stopped.
    if (auto expiry = s.next_expiry(); expiry && *expiry <= now)
        l.prober->receive(*this);
    while (const probe* p = s.settle(now)) {
        if (p->is == probe::state::answered || p->is == probe::state::not_sent)
            continue;
        l.live->lost.add();
        l.prober->given_up(*p);
        if (p->is == probe::state::expired)
            told_.lost(*l.target, *p);
    }
}

sender::agenda sender::next() const
{
    agenda a{std::numeric_limits<std::int64_t>::max(), std::min(told_.next_tick(), next_clock_)};
    for (const lane& l : lanes_) {
        const session& s = l.target->session;
        if (!l.schedule.finished() && s.has_room())
            a.send = std::min(a.send, l.schedule.next_due());
        if (auto expiry = s.next_expiry())
            a.other = std::min(a.other, *expiry);
    }
    return a;
}

void sender::rest(const agenda& until, const net::interrupt& ctrl_c)
{
    std::int64_t now = steady_now();
    std::int64_t sleep = std::min(until.send - awake_before, until.other) - now;
    if (spin_ || sleep <= 0) {
        if (now >= next_look_ || anything_under_way()) {
            receive_all();
            next_look_ = now + idle_look_interval;
        }
        if (now >= next_signal_) {
            interrupted_ =
                ctrl_c.wait({}, std::chrono::nanoseconds(0)) == net::interrupt::outcome::interrupted;
            next_signal_ = now + signal_interval;
            out_.flush();
        }
        return;
    }
    out_.flush();
    polled_.back().fd = out_.pending() ? out_.descriptor() : -1;
    if (ctrl_c.wait(polled_, std::chrono::nanoseconds(sleep)) == net::interrupt::outcome::interrupted)
        interrupted_ = true;
    for (std::size_t i = 0; i < lanes_.size(); ++i)
        if (polled_[i].revents)
            lanes_[i].prober->receive(*this);
}

bool sender::anything_under_way() const
{
    return std::ranges::any_of(lanes_,
                               [](const lane& l) { return l.target->session.table().under_way() != 0; });
}

void sender::receive_all()
{
    for (lane& l : lanes_)
        if (l.target->session.table().next() != l.target->session.config().first)
            l.prober->receive(*this);
}

const lane& sender::lane_of(const target& t) const
{
    return *std::ranges::find(lanes_, &t, [](const lane& l) { return l.target.get(); });
}

void sender::came(target& from, const answer& a)
{
    auto arrival = from.session.came(a);
    live_counters& c = live(from);
    switch (arrival.is) {
    case match::in_time:
        c.received.add();
        c.rtt.record(static_cast<std::uint64_t>(arrival.delays.rtt));
        break;
    case match::late: c.late.add(); break;
    case match::duplicate: c.duplicated.add(); break;
    default: c.corrupt.add();
    }
    told_.came(from, a, arrival);
}

void sender::failed(target& from, fault f, probe* about)
{
    from.session.failed(f, about);
    (f == fault::corrupt ? live(from).corrupt : live(from).refused).add();
    told_.failed(from, f, about);
}

void sender::not_sent(target& to, probe& p, int error)
{
    told_.not_sent(to, p, std::strerror(error));
}

} // namespace pier::ping
