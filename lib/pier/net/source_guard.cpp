#include "pier/net/source_guard.hpp"

#include <algorithm>
#include <array>
#include <sys/socket.h>

namespace pier::net {

namespace {

constexpr std::uint16_t first_unprivileged = 1024;

/// In order: SSDP, multicast DNS, memcached, and Pier's own: upper, STAMP, text pings, heartbeats.
constexpr std::array<std::uint16_t, 7> reflecting{1900, 5353, 8620, 11211, 12000, 12001, 12002};

bool is_one_host(const peer_address& source)
{
    const unsigned char* b = source.bytes;
    if (source.family == AF_INET) // 0.0.0.0/8, multicast and what is above it: RFC 6890
        return b[0] != 0 && b[0] < 224;
    if (source.family != AF_INET6)
        return false;
    bool unspecified = std::all_of(b, b + 16, [](unsigned char c) { return c == 0; });
    return b[0] != 0xff && !unspecified;
}

} // namespace

source_guard source_guard::open()
{
    source_guard result;
    result.open_ = true;
    return result;
}

void source_guard::refuse_port(std::uint16_t port)
{
    refused_.push_back(port);
}

bool source_guard::admits(const peer_address& source) const
{
    if (source.port == 0 || !is_one_host(source))
        return false;
    if (open_)
        return true;
    // Most clients' ports are above them all.
    if (source.port < first_unprivileged ||
        (source.port <= reflecting.back() &&
         std::find(reflecting.begin(), reflecting.end(), source.port) != reflecting.end()))
        return false;
    return std::find(refused_.begin(), refused_.end(), source.port) == refused_.end();
}

} // namespace pier::net
