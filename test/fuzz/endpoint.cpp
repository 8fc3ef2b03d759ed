#include "pier/net/endpoint.hpp"

#include "check.hpp"

#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::net;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (auto parsed = endpoint::parse(text)) {
        auto printed = parsed->to_string();
        auto again = endpoint::parse(printed);
        check(again && again->to_string() == printed && again->port() == parsed->port());
        check(again->size() == parsed->size() &&
              std::memcmp(again->data(), parsed->data(), parsed->size()) == 0);
        check(!parsed->is_unix() || text == printed);
        check(parsed->size() <= sizeof(sockaddr_storage) && parsed->to_url("http").starts_with("http"));
    }

    // the same bytes as an address that a kernel might hand out
    sockaddr_storage storage{};
    std::memcpy(&storage, data, size < sizeof storage ? size : sizeof storage);
    auto peer = peer_address::from(storage);
    char printed[46];
    std::size_t length = peer.format(printed);
    check(length > 0 && length <= 45 && std::string_view(printed, length) == peer.to_string());
    check(peer.to_string().find('\0') == std::string::npos);
    return 0;
}
