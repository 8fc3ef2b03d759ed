#include "pier/base/cidr.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>

namespace pier {

namespace {

constexpr unsigned mapped_bits = 96; // before the IPv4 address in an IPv4-mapped one

bool same_bits(const unsigned char* a, const unsigned char* b, unsigned bits)
{
    if (!std::equal(a, a + bits / 8, b))
        return false;
    unsigned rest = bits % 8;
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

bool all_zero_after(const ip_address& address, unsigned bits)
{
    for (unsigned bit = bits; bit < address.size * 8u; ++bit)
        if (address.bytes[bit / 8] >> (7 - bit % 8) & 1)
            return false;
    return true;
}

} // namespace

std::optional<cidr> cidr::parse(std::string_view text)
{
    auto slash = text.find('/');
    std::string_view before = text.substr(0, slash);
    auto address = ip_address::parse(before);
    if (!address)
        return std::nullopt;
    unsigned width = address->size * 8u;
    bool mapped = width == 32 && before.find(':') != before.npos;
    if (slash == text.npos)
        return cidr{*address, width};
    auto prefix = parse_u64(text.substr(slash + 1));
    std::uint64_t least = mapped ? mapped_bits : 0;
    if (!prefix || text.size() - slash > 4 || *prefix < least || *prefix > least + width)
        return std::nullopt;
    cidr result{*address, static_cast<unsigned>(*prefix - least)};
    if (!all_zero_after(result.first, result.prefix))
        return std::nullopt;
    return result;
}

bool cidr::contains(const ip_address& address) const
{
    return address.size == first.size && same_bits(address.bytes.data(), first.bytes.data(), prefix);
}

std::string cidr::to_string() const
{
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(first.size == 4 ? AF_INET : AF_INET6, first.bytes.data(), text, sizeof text);
    return std::string(text) + "/" + std::to_string(prefix);
}

bool cidr_list::add(std::string_view text)
{
    if (text == "unix") {
        unix_ = true;
        return true;
    }
    auto block = cidr::parse(text);
    if (block)
        blocks_.push_back(*block);
    return block.has_value();
}

bool cidr_list::contains(const ip_address& address) const
{
    if (address.size == 0)
        return unix_;
    return std::any_of(blocks_.begin(), blocks_.end(), [&](const cidr& c) { return c.contains(address); });
}

std::vector<std::string> cidr_list::texts() const
{
    std::vector<std::string> result;
    for (const cidr& block : blocks_)
        result.push_back(block.to_string());
    if (unix_)
        result.emplace_back("unix");
    return result;
}

} // namespace pier
