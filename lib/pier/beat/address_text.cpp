#include "pier/beat/address_text.hpp"

#include <arpa/inet.h>

namespace pier::beat {

std::string address_text(const ip_address& address, std::uint16_t port)
{
    if (address.size == 0)
        return {};
    char text[INET6_ADDRSTRLEN] = {};
    bool v4 = address.size == 4;
    ::inet_ntop(v4 ? AF_INET : AF_INET6, address.bytes.data(), text, sizeof text);
    std::string host = v4 ? text : "[" + std::string(text) + "]";
    return host + ":" + std::to_string(port);
}

} // namespace pier::beat
