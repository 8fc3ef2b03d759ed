#include "pier/net/endpoint.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <sys/un.h>

namespace pier::net {

namespace {

template <class Address>
Address view(const sockaddr_storage& storage)
{
    Address address;
    std::memcpy(&address, &storage, sizeof address);
    return address;
}

} // namespace

peer_address peer_address::from(const sockaddr_storage& storage)
{
    peer_address peer;
    peer.family = static_cast<unsigned char>(storage.ss_family);
    if (peer.family == AF_INET) {
        auto address = view<sockaddr_in>(storage);
        peer.port = ntohs(address.sin_port);
        std::memcpy(peer.bytes, &address.sin_addr, 4);
    } else if (peer.family == AF_INET6) {
        auto address = view<sockaddr_in6>(storage);
        peer.port = ntohs(address.sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) {
            peer.family = AF_INET;
            std::memcpy(peer.bytes, address.sin6_addr.s6_addr + 12, 4);
        } else {
            std::memcpy(peer.bytes, &address.sin6_addr, 16);
        }
    }
    return peer;
}

peer_address peer_address::from(const ip_address& address, std::uint16_t port)
{
    peer_address peer;
    peer.family = address.size == 4 ? AF_INET : address.size == 16 ? AF_INET6 : AF_UNIX;
    peer.port = address.size > 0 ? port : std::uint16_t{0};
    std::memcpy(peer.bytes, address.bytes.data(), address.size);
    return peer;
}

ip_address peer_address::ip() const
{
    if (family == AF_INET)
        return ip_address::v4(bytes);
    return family == AF_INET6 ? ip_address::v6(bytes) : ip_address{};
}

std::size_t peer_address::format(char (&into)[46]) const
{
    if (family == AF_INET) { // for each line of the access log: inet_ntop would go through printf
        char* at = into;
        for (int i = 0; i < 4; ++i) {
            if (i > 0)
                *at++ = '.';
            at = std::to_chars(at, into + sizeof into, static_cast<unsigned>(bytes[i])).ptr;
        }
        return static_cast<std::size_t>(at - into);
    }
    if (family != AF_INET6) {
        std::memcpy(into, "unix", 4);
        return 4;
    }
    ::inet_ntop(family, bytes, into, sizeof into);
    return std::strlen(into);
}

std::string peer_address::to_string() const
{
    char text[46];
    return std::string(text, format(text));
}

std::optional<endpoint> endpoint::parse(std::string_view text)
{
    endpoint result;
    if (text.find('\0') != text.npos)
        return std::nullopt;
    if (text.starts_with("unix:")) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        text.remove_prefix(5);
        if (text.empty() || text.size() >= sizeof address.sun_path)
            return std::nullopt;
        std::copy(text.begin(), text.end(), address.sun_path);
        std::memcpy(&result.storage_, &address, sizeof address);
        return result;
    }
    auto colon = text.rfind(':');
    if (colon == text.npos)
        return std::nullopt;
    auto port = parse_port(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (!port)
        return std::nullopt;
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(*port);
        if (::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr) != 1)
            return std::nullopt;
        std::memcpy(&result.storage_, &address, sizeof address);
        return result;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(*port);
    if (host == "localhost")
        host = "127.0.0.1";
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
        return std::nullopt;
    std::memcpy(&result.storage_, &address, sizeof address);
    return result;
}

endpoint endpoint::loopback(std::uint16_t port)
{
    return *parse("127.0.0.1:" + std::to_string(port));
}

endpoint endpoint::any(std::uint16_t port)
{
    return *parse("[::]:" + std::to_string(port));
}

endpoint endpoint::from(const sockaddr_storage& address)
{
    endpoint result;
    result.storage_ = address;
    return result;
}

endpoint endpoint::inherited(const sockaddr_storage& address, int fd)
{
    endpoint result = from(address);
    result.inherited_ = fd;
    return result;
}

std::uint16_t endpoint::port() const
{
    if (family() == AF_INET)
        return ntohs(view<sockaddr_in>(storage_).sin_port);
    if (family() == AF_INET6)
        return ntohs(view<sockaddr_in6>(storage_).sin6_port);
    return 0;
}

bool endpoint::is_wildcard() const
{
    if (family() == AF_INET)
        return view<sockaddr_in>(storage_).sin_addr.s_addr == INADDR_ANY;
    if (family() != AF_INET6)
        return false;
    in6_addr address = view<sockaddr_in6>(storage_).sin6_addr;
    return IN6_IS_ADDR_UNSPECIFIED(&address) != 0;
}

std::string endpoint::unix_path() const
{
    if (!is_unix())
        return {};
    auto address = view<sockaddr_un>(storage_);
    constexpr std::size_t most = sizeof address.sun_path; // the kernel may fill it to the last byte
    if (address.sun_path[0] == '\0' && address.sun_path[1] != '\0')
        return "@" + std::string(address.sun_path + 1, ::strnlen(address.sun_path + 1, most - 1));
    return std::string(address.sun_path, ::strnlen(address.sun_path, most));
}

socklen_t endpoint::size() const
{
    switch (family()) {
    case AF_INET: return sizeof(sockaddr_in);
    case AF_INET6: return sizeof(sockaddr_in6);
    default: return sizeof(sockaddr_un);
    }
}

std::string endpoint::to_string() const
{
    if (is_unix())
        return "unix:" + unix_path();
    char text[INET6_ADDRSTRLEN] = {};
    if (family() == AF_INET6) {
        auto address = view<sockaddr_in6>(storage_);
        ::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
        return "[" + std::string(text) + "]:" + std::to_string(port());
    }
    auto address = view<sockaddr_in>(storage_);
    ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(port());
}

std::string endpoint::to_url(std::string_view scheme) const
{
    if (is_unix())
        return std::string(scheme) + "+unix:" + unix_path();
    return std::string(scheme) + "://" + to_string();
}

} // namespace pier::net
