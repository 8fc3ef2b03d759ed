#include "pier/ping/probe_table.hpp"

#include <algorithm>
#include <bit>

namespace pier::ping {

probe_table::probe_table(std::size_t probes, std::uint64_t first)
    : slots_(std::bit_ceil(std::clamp<std::size_t>(probes, 64, most))), first_(first), next_(first),
      unsettled_(first)
{
}

probe& probe_table::open()
{
    probe& p = at(next_);
    p = {};
    p.sequence = next_++;
    p.is = probe::state::waiting;
    return p;
}

probe* probe_table::find(std::uint64_t sequence)
{
    probe& p = at(sequence);
    return p.is != probe::state::none && p.sequence == sequence ? &p : nullptr;
}

match probe_table::take(const answer& came, std::int64_t wait, std::int64_t elapsed)
{
    if (came.sequence < first_ || came.sequence >= next_)
        return match::never_sent;
    probe* p = find(came.sequence);
    if (!p)
        return match::forgotten;
    if (p->token != came.token)
        return match::mismatched;
    switch (p->is) {
    case probe::state::waiting:
        if (elapsed <= wait) {
            p->is = probe::state::answered;
            return match::in_time;
        }
        p->is = probe::state::answered_late; // settle() will still tell of it, as of a lost one
        return match::late;
    case probe::state::expired:
    case probe::state::refused: p->is = probe::state::answered_late; return match::late;
    case probe::state::not_sent: return match::never_sent;
    default: return match::duplicate;
    }
}

std::optional<std::uint64_t> probe_table::unwrap(std::uint32_t low) const
{
    if (next_ == first_)
        return std::nullopt;
    std::uint64_t last = next_ - 1;
    std::uint64_t behind = static_cast<std::uint32_t>(last) - low; // modulo 2^32
    behind &= 0xffff'ffff;
    if (behind > last - first_)
        return std::nullopt;
    return last - behind;
}

const probe* probe_table::settle(std::int64_t now, std::int64_t wait)
{
    if (unsettled_ == next_)
        return nullptr;
    probe& p = at(unsettled_);
    if (p.is == probe::state::waiting) {
        if (now < p.sent.steady + wait)
            return nullptr;
        p.is = probe::state::expired;
    }
    ++unsettled_;
    return &p;
}

std::optional<std::int64_t> probe_table::next_expiry(std::int64_t wait) const
{
    if (unsettled_ == next_)
        return std::nullopt;
    return at(unsettled_).sent.steady + wait;
}

} // namespace pier::ping
