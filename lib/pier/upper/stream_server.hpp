// The service over connections: what comes goes back in upper case, byte for byte, until the peer has said
// all.
#pragma once

#include "pier/net/shard.hpp"
#include "pier/upper/config.hpp"

namespace pier::upper {

net::stream_factory make_stream_server(const config& c);

class stream_server final : public net::stream_service {
public:
    stream_server(net::shard& shard, const config& c);

    net::task<> serve(net::session& peer) override;
    /// Has nothing to say: closing says it.
    void refuse(int) override {}
    std::chrono::milliseconds opening_time() const override { return idle_.duration(); }

    /// What is read at once, and what a connection may owe its peer.
    static constexpr std::size_t block_size = 64 * 1024;
    /// Bytes answered before others have their turn.
    static constexpr std::size_t turn_size = 4 * block_size;

private:
    friend class echo;
    net::deadline_list& idle_;
    net::deadline_list& send_;
    net::deadline_list& linger_;
    net::buffer_pool& blocks_;
};

} // namespace pier::upper
