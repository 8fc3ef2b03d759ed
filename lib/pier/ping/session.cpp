#include "pier/ping/session.hpp"

namespace pier::ping {

session::arrival session::came(const answer& a)
{
    arrival result;
    probe* p = table_.find(a.sequence);
    // Whether it came in time its stamps say, not when this process got round to reading it.
    if (p)
        result.delays = measure(*p, a);
    result.is = table_.take(a, config_.wait, result.delays.rtt);
    if (result.is == match::in_time) {
        p->rtt = result.delays.rtt;
        window_.answered(a.received.steady, p->rtt);
    }
    statistics_.came(result.is, a, result.delays);
    return result;
}

const probe* session::settle(std::int64_t now)
{
    const probe* p = table_.settle(now, config_.wait);
    if (!p || p->is == probe::state::not_sent)
        return p;
    statistics_.settled(*p, config_.began);
    bool lost = p->is != probe::state::answered;
    window_.settled(now, lost);
    recent_.add(lost ? recent_rtts::lost : p->rtt);
    return p;
}

} // namespace pier::ping
