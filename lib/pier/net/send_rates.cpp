#include "pier/net/send_rates.hpp"

#include <utility>

namespace pier::net {

send_rates::send_rates(const rate_limit& each, shared_bucket& all, unsigned sharers, unsigned place)
    : each_(each), all_(all), batch_(lease_of(all.limit(), sharers, most_at_once)),
      phase_(turn_of_all * place / sharers)
{
}

std::int64_t send_rates::lease(std::int64_t now)
{
    if (leased_ == 0)
        leased_ = all_.take(now, batch_);
    return leased_;
}

std::int64_t send_rates::allowance(token_bucket& own, std::int64_t now)
{
    bool in_turn = std::exchange(turn_, nullptr) == &own;
    if (in_line_ > 0 && !in_turn)
        return 0;
    std::int64_t allowed = most_at_once;
    if (each_)
        allowed = std::min(allowed, own.available(each_, now));
    if (all_.limit() && allowed > 0)
        allowed = std::min(allowed, lease(now));
    return allowed;
}

void send_rates::spend(token_bucket& own, std::int64_t bytes)
{
    if (each_)
        own.spend(each_, bytes);
    if (all_.limit())
        leased_ -= std::min(leased_, bytes);
}

send_rates::pause send_rates::wait(token_bucket& own, std::int64_t now)
{
    std::int64_t own_wait = each_ ? own.wait_for(each_, now, std::min(worth_sending, each_.burst / 2)) : 0;
    if (own_wait > 0 || !all_.limit())
        return {own_wait, false};
    if (in_line_ == 0 && lease(now) > 0)
        return {};
    return {turn_of_all - (now + phase_) % turn_of_all, true};
}

} // namespace pier::net
