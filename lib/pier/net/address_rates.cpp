#include "pier/net/address_rates.hpp"

#include <bit>

namespace pier::net {

address_rates::address_rates(const rate_limit& limit, std::size_t addresses) : limit_(limit)
{
    if (limit)
        rows_.resize(std::bit_ceil(std::max<std::size_t>(addresses, 1024)) / ways);
}

address_rates::entry* address_rates::find(row& in, const address_key& address)
{
    for (entry& e : in)
        if (e.address == address)
            return &e;
    return nullptr;
}

address_rates::entry& address_rates::find_or_make(row& in, const address_key& address, std::int64_t now)
{
    if (entry* known = find(in, address))
        return *known;
    entry* least = nullptr;
    for (entry& e : in) {
        if (e.address.family == 0 || e.bucket.full(limit_, now)) {
            least = &e;
            break;
        }
        if (!least || e.bucket.debt() < least->bucket.debt())
            least = &e;
    }
    *least = {address, {}};
    return *least;
}

std::int64_t address_rates::take(const address_key& address, std::int64_t now, std::int64_t wanted)
{
    std::size_t hash = address_hash()(address);
    std::lock_guard lock(lock_of(hash));
    return find_or_make(row_of(hash), address, now).bucket.take(limit_, now, wanted);
}

void address_rates::put_back(const address_key& address, std::int64_t tokens)
{
    std::size_t hash = address_hash()(address);
    std::lock_guard lock(lock_of(hash));
    if (entry* known = find(row_of(hash), address))
        known->bucket.put_back(limit_, tokens);
}

std::int64_t address_rates::wait(const address_key& address, std::int64_t now)
{
    std::size_t hash = address_hash()(address);
    std::lock_guard lock(lock_of(hash));
    entry* known = find(row_of(hash), address);
    return known ? known->bucket.wait_for(limit_, now, 1) : 0;
}

address_leases::address_leases(address_rates& from, unsigned sharers)
    : from_(from), batch_(lease_of(from.limit(), sharers, most_tokens)), leases_(from.limit() ? leases : 0)
{
}

/// In one of two places: of those addresses that meet in one, hardly any then drive each other out, which
/// takes two locks.
address_leases::lease& address_leases::find_or_make(const address_key& address)
{
    std::size_t place = address_hash()(address) >> 16 & (leases - 1);
    lease& one = leases_[place];
    if (one.address == address)
        return one;
    lease& other = leases_[place ^ 1];
    if (other.address == address)
        return other;
    lease& poorer = one.tokens <= other.tokens ? one : other;
    if (poorer.tokens > 0) // busy addresses in one place must not eat each other's
        from_.put_back(poorer.address, poorer.tokens);
    poorer = {address, 0};
    return poorer;
}

std::int64_t address_leases::admit(const address_key& address, std::int64_t now)
{
    lease& l = find_or_make(address);
    if (l.tokens == 0)
        l.tokens = from_.take(address, now, batch_);
    if (l.tokens == 0)
        return std::max<std::int64_t>(1, from_.wait(address, now));
    --l.tokens;
    return 0;
}

} // namespace pier::net
