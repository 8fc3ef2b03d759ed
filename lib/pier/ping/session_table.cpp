#include "pier/ping/session_table.hpp"

#include <cstring>
#include <random>

namespace pier::ping {

namespace {

siphash_key random_key()
{
    std::random_device source;
    auto word = [&] { return std::uint64_t{source()} << 32 | source(); };
    return {word(), word()};
}

} // namespace

bool session_table::key::is(const key& other) const
{
    return ssid == other.ssid && source.port == other.source.port && source.family == other.source.family &&
           std::memcmp(source.bytes, other.source.bytes, sizeof source.bytes) == 0;
}

std::size_t session_table::hash::operator()(const key& k) const
{
    char octets[sizeof k.source.bytes + 5];
    std::memcpy(octets, k.source.bytes, sizeof k.source.bytes);
    char* rest = octets + sizeof k.source.bytes;
    std::memcpy(rest, &k.source.port, 2);
    std::memcpy(rest + 2, &k.ssid, 2);
    rest[4] = static_cast<char>(k.source.family);
    return siphash(secret, {octets, sizeof octets});
}

session_table::session_table(budget& room, std::chrono::milliseconds idle)
    : room_(room), idle_(idle), sessions_(0, hash{random_key()})
{
}

std::optional<std::uint32_t> session_table::next(const net::peer_address& source, std::uint16_t ssid,
                                                 net::ticks now)
{
    const key wanted{source, ssid};
    auto found = sessions_.find(wanted);
    if (found == sessions_.end()) {
        if (!room_.take(1)) {
            sweep(now);
            if (!room_.take(1))
                return std::nullopt;
        }
        found = sessions_.try_emplace(wanted).first;
        found->second.self = &found->first;
    }
    idle_.arm(found->second, now);
    return found->second.reflected++;
}

void session_table::sweep(net::ticks now)
{
    idle_.sweep(now, [this](net::deadline_hook& hook) {
        sessions_.erase(sessions_.find(*static_cast<session&>(hook).self));
        room_.give_back(1);
    });
}

} // namespace pier::ping
