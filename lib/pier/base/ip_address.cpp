#include "pier/base/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>

namespace pier {

ip_address ip_address::v4(const unsigned char* bytes)
{
    ip_address result{4, {}};
    std::copy_n(bytes, 4, result.bytes.begin());
    return result;
}

ip_address ip_address::v6(const unsigned char* bytes)
{
    static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0,    0,
                                                 0, 0, 0, 0, 0xff, 0xff}; // RFC 4291 2.5.5.2
    if (std::memcmp(bytes, mapped, sizeof mapped) == 0)
        return v4(bytes + sizeof mapped);
    ip_address result{16, {}};
    std::copy_n(bytes, 16, result.bytes.begin());
    return result;
}

std::optional<ip_address> ip_address::parse(std::string_view text)
{
    char terminated[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof terminated || text.find('\0') != text.npos)
        return std::nullopt;
    text.copy(terminated, text.size());
    unsigned char bytes[16];
    if (::inet_pton(AF_INET, terminated, bytes) == 1)
        return v4(bytes);
    if (::inet_pton(AF_INET6, terminated, bytes) == 1)
        return v6(bytes);
    return std::nullopt;
}

} // namespace pier
