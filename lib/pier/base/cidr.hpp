// Blocks of addresses, RFC 4632 and RFC 4291 2.3, and lists of them: whose word is believed. No I/O.
#pragma once

#include "pier/base/ip_address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pier {

struct cidr {
    ip_address first;
    unsigned prefix = 0; ///< bits that count

    /// "10.0.0.0/8", "2001:db8::/32"; an address alone is a block of one. Nothing when bits are set beyond
    /// the prefix: whoever writes 10.1.2.3/8 meant something else. A block of IPv4-mapped addresses is one of
    /// IPv4.
    static std::optional<cidr> parse(std::string_view text);
    bool contains(const ip_address& address) const;
    std::string to_string() const;

    friend bool operator==(const cidr&, const cidr&) = default;
};

/// A few blocks, and perhaps the peers of unix sockets.
class cidr_list {
public:
    /// A block, or `unix`. False: neither.
    bool add(std::string_view text);
    bool empty() const { return blocks_.empty() && !unix_; }
    bool contains(const ip_address& address) const;
    /// As add() takes them.
    std::vector<std::string> texts() const;

private:
    std::vector<cidr> blocks_;
    bool unix_ = false;
};

} // namespace pier
