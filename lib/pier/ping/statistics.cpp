#include "pier/ping/statistics.hpp"

namespace pier::ping {

void statistics::sent(const probe& p)
{
    ++counts_.sent;
    lateness_.record(p.sent.steady - p.due);
}

void statistics::came(match m, const answer& a, const timing& t)
{
    switch (m) {
    case match::in_time: answered(a, t); break;
    case match::late:
        ++counts_.late;
        reflected(a, t);
        break;
    case match::duplicate: ++counts_.duplicated; break;
    case match::never_sent:
    case match::mismatched:
    case match::forgotten: ++counts_.stray; break;
    }
}

void statistics::answered(const answer& a, const timing& t)
{
    ++counts_.received;
    counts_.kernel_sent += t.kernel_sent;
    counts_.kernel_received += t.kernel_received;
    counts_.clock_steps += t.clock_stepped;
    rtt_.record(a.sequence, t.rtt);
    call_.record(t.call);
    from_due_.record(t.from_due);
    if (t.processing)
        processing_.record(*t.processing);
    traffic_class_ = a.traffic_class;
    back_.hop_limit = a.hop_limit;
    if (t.there)
        there_.delays.record(a.sequence, *t.there);
    if (t.back)
        back_.delays.record(a.sequence, *t.back);
    reflected(a, t);
}

/// What a late answer tells as well.
void statistics::reflected(const answer& a, const timing&)
{
    counts_.reordered += order_.record(a.sequence);
    if (!a.reflected)
        return;
    directions_.record(a.sequence, a.reflected->sequence);
    there_.hop_limit = a.reflected->hop_limit;
    theirs_synchronized_ = theirs_synchronized_ && a.reflected->error.synchronized();
    theirs_bound_ = std::max(theirs_bound_, a.reflected->error.bound());
}

void statistics::failed(fault f)
{
    switch (f) {
    case fault::corrupt: ++counts_.corrupt; break;
    case fault::refused: ++counts_.refused; break;
    case fault::unreachable: ++counts_.unreachable; break;
    }
}

void statistics::settled(const probe& p, std::int64_t began)
{
    if (p.is == probe::state::not_sent)
        return;
    bool lost = p.is != probe::state::answered;
    counts_.lost += lost;
    runs_.record(lost, p.sent.steady);
    if (lost)
        timeline_.lost(p.sent.steady - began);
    else
        timeline_.answered(p.sent.steady - began, p.rtt);
}

void statistics::clock(error_estimate ours)
{
    ours_synchronized_ = ours.synchronized() && (ours_synchronized_ || ours_bound_.count() == 0);
    ours_bound_ = std::max(ours_bound_, ours.bound());
}

} // namespace pier::ping
