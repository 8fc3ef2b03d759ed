#include "pier/net/resolve.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>

namespace pier::net {

resolved resolve(const std::string& host, std::uint16_t port, int family)
{
    bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    std::string name = bracketed ? host.substr(1, host.size() - 2) : host;
    addrinfo wanted{};
    wanted.ai_family = family;
    wanted.ai_socktype = SOCK_STREAM; // any one: else each address comes once for each
    wanted.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    int error = ::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &wanted, &found);
    if (error == EAI_SYSTEM)
        return {{}, std::strerror(errno)};
    if (error != 0)
        return {{}, ::gai_strerror(error)};
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    resolved result;
    for (const addrinfo* a = found; a; a = a->ai_next) {
        sockaddr_storage address{};
        std::memcpy(&address, a->ai_addr, a->ai_addrlen);
        result.addresses.push_back(endpoint::from(address));
    }
    return result;
}

} // namespace pier::net
