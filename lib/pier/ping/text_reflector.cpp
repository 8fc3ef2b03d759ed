#include "pier/ping/text_reflector.hpp"

#include "pier/base/ascii.hpp"
#include "pier/net/datagram.hpp"

namespace pier::ping {

namespace {

constexpr unsigned stream_of_text = 1;

} // namespace

text_reflector::text_reflector(net::shard& home, std::shared_ptr<bad_network> network)
    : path_(home, std::move(network), stream_of_text, [](std::span<char>) {})
{
}

void text_reflector::on_batch(std::span<net::datagram> batch, net::datagram_port& from)
{
    for (net::datagram& d : batch) {
        if (d.truncated || path_.loses())
            continue;
        for (char& c : d.data)
            c = to_upper(c);
        path_.send(d, d.data.size(), from);
    }
}

} // namespace pier::ping
