#include "pier/net/proxy_protocol.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::net {

namespace {

using status = proxy_header_parser::status;

constexpr std::string_view v1_start = "PROXY ";
constexpr std::string_view v2_signature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t v2_fixed = 16;

/// Section 2.1: without leading zeros.
std::optional<std::uint16_t> parse_plain_port(std::string_view text)
{
    bool padded = text.size() > 1 && text.front() == '0';
    return padded ? std::nullopt : parse_port(text);
}

/// Up to the next space, which goes too.
std::string_view take_word(std::string_view& line)
{
    auto end = std::min(line.find(' '), line.size());
    std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::uint16_t big_endian(const char* at)
{
    return static_cast<std::uint16_t>(static_cast<unsigned char>(at[0]) << 8 |
                                      static_cast<unsigned char>(at[1]));
}

/// By family and transport, section 2.2. 0: no addresses that could be understood.
std::size_t address_bytes(unsigned char family)
{
    switch (family) {
    case 0x11: return 12;  // TCP over IPv4
    case 0x21: return 36;  // TCP over IPv6
    case 0x31: return 216; // unix stream
    default: return 0;
    }
}

} // namespace

proxy_header_parser::step proxy_header_parser::feed(std::string_view in)
{
    for (std::size_t at = 0; at < in.size();) {
        if (stage_ == stage::v2_rest) {
            std::size_t skipped = std::min(skip_, in.size() - at);
            skip_ -= skipped;
            at += skipped;
            if (skip_ == 0)
                return {at, status::done};
            continue;
        }
        status now = take(in[at++]);
        if (now != status::need_more)
            return {at, now};
    }
    return {in.size(), status::need_more};
}

status proxy_header_parser::take(char c)
{
    kept_[have_++] = c;
    std::string_view so_far(kept_.data(), have_);
    switch (stage_) {
    case stage::start:
        if (v1_start.starts_with(so_far)) {
            if (have_ == v1_start.size())
                stage_ = stage::v1;
            return status::need_more;
        }
        if (!v2_signature.starts_with(so_far))
            return status::failed;
        if (have_ == v2_signature.size()) {
            stage_ = stage::v2_start;
            need_ = v2_fixed;
        }
        return status::need_more;
    case stage::v1:
        if (c == '\n')
            return end_of_line();
        return have_ == most_v1 ? status::failed : status::need_more;
    case stage::v2_start: return have_ < need_ ? status::need_more : end_of_v2_start();
    case stage::v2_addresses: return have_ < need_ ? status::need_more : end_of_addresses();
    case stage::v2_rest: break;
    }
    return status::failed;
}

status proxy_header_parser::end_of_line()
{
    std::string_view line(kept_.data() + v1_start.size(), have_ - v1_start.size());
    if (!line.ends_with("\r\n"))
        return status::failed;
    line.remove_suffix(2);
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN "))
        return status::done; // section 2.1: what follows the word means nothing
    auto protocol = take_word(line);
    auto source = take_word(line), destination = take_word(line);
    auto source_port = parse_plain_port(take_word(line));
    auto destination_port = parse_plain_port(line);
    unsigned char family = protocol == "TCP4" ? AF_INET : protocol == "TCP6" ? AF_INET6 : AF_UNSPEC;
    bool colons = source.find(':') != source.npos && destination.find(':') != destination.npos;
    auto from = ip_address::parse(source), to = ip_address::parse(destination);
    if (family == AF_UNSPEC || !from || !to || !source_port || !destination_port ||
        colons != (family == AF_INET6) || (family == AF_INET && (from->size != 4 || to->size != 4)))
        return status::failed;
    client_ = peer_address::from(*from, *source_port);
    return status::done;
}

status proxy_header_parser::end_of_v2_start()
{
    auto version_and_command = static_cast<unsigned char>(kept_[12]);
    auto family = static_cast<unsigned char>(kept_[13]);
    std::size_t length = big_endian(&kept_[14]);
    bool local = version_and_command == 0x20;
    if ((!local && version_and_command != 0x21) || v2_fixed + length > most_v2)
        return status::failed;
    // A proxy that speaks for itself, or of a protocol unspecified: everything is skipped (section 2.2).
    std::size_t addresses = local || family == 0 ? 0 : address_bytes(family);
    if ((!local && family != 0 && addresses == 0) || length < addresses)
        return status::failed;
    skip_ = length - addresses;
    need_ = v2_fixed + addresses;
    stage_ = addresses > 0 ? stage::v2_addresses : stage::v2_rest;
    return addresses == 0 && skip_ == 0 ? status::done : status::need_more;
}

status proxy_header_parser::end_of_addresses()
{
    const char* at = kept_.data() + v2_fixed;
    auto bytes = reinterpret_cast<const unsigned char*>(at);
    switch (static_cast<unsigned char>(kept_[13])) {
    case 0x11: client_ = peer_address::from(ip_address::v4(bytes), big_endian(at + 8)); break;
    case 0x21: client_ = peer_address::from(ip_address::v6(bytes), big_endian(at + 32)); break;
    default: client_ = peer_address::from(ip_address{}, 0); break;
    }
    stage_ = stage::v2_rest;
    return skip_ == 0 ? status::done : status::need_more;
}

} // namespace pier::net
