// The server of the text ping: any datagram comes back in upper case. One for each shard.
#pragma once

#include "pier/net/service.hpp"
#include "pier/ping/impaired_path.hpp"

#include <memory>

namespace pier::ping {

class text_reflector final : public net::datagram_service {
public:
    text_reflector(net::shard& home, std::shared_ptr<bad_network> network);

    void on_batch(std::span<net::datagram> batch, net::datagram_port& from) override;
    void tick() override { path_.tick(); }
    std::vector<ops::named_counter> own_counters() const override { return path_.counters(); }

private:
    impaired_path path_;
};

} // namespace pier::ping
