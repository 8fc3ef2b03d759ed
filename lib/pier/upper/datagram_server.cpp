#include "pier/upper/datagram_server.hpp"

#include "pier/upper/uppercase.hpp"

namespace pier::upper {

void datagram_server::on_batch(std::span<net::datagram> batch, net::datagram_port&)
{
    for (net::datagram& d : batch) {
        if (d.truncated)
            continue; // half an answer would be a wrong one; the engine counts it
        uppercase(d.data);
        d.reply(d.data.size());
    }
}

} // namespace pier::upper
