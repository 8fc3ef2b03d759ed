// The service over datagrams: each is answered by one of the same size, in place.
#pragma once

#include "pier/net/datagram.hpp"
#include "pier/net/service.hpp"

namespace pier::upper {

class datagram_server final : public net::datagram_service {
public:
    void on_batch(std::span<net::datagram> batch, net::datagram_port& from) override;
};

} // namespace pier::upper
