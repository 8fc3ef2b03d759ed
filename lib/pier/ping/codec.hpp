// What probes look like on the wire, and what of that an answer must bring back: STAMP, the text protocol,
// and ICMP's echo. No I/O.
#pragma once

#include "pier/ping/hmac.hpp"
#include "pier/ping/probe.hpp"
#include "pier/ping/probe_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace pier::ping {

class codec {
public:
    virtual ~codec() = default;

    /// The most octets that a probe has.
    virtual std::size_t size() const = 0;
    /// The first probe's number.
    virtual std::uint64_t first() const { return 0; }

    struct written {
        std::uint64_t token;
        std::size_t size;
    };
    /// Writes a probe's packet into `to`, which prepare() has seen and has size() octets; sent at `wall`.
    virtual written write(std::uint64_t sequence, std::int64_t wall, std::span<char> to) = 0;
    /// What is the same in all packets.
    virtual void prepare(std::span<char> to) const = 0;

    /// Sequence number, token and reflection of an answer; nothing: it is none, or corrupt. `about` is the
    /// time, for eras.
    virtual std::optional<answer> read(std::span<const char> packet, const probe_table& sent,
                                       std::int64_t about) = 0;

    /// What our clock may be off by, for packets that say so.
    virtual void clock(error_estimate) {}
};

/// RFC 8762, with what makes it longer in an Extra Padding TLV (RFC 8972 4.1). Authenticated where there is a
/// key. `size`: as base_size(), or at least 4 octets more.
std::unique_ptr<codec> stamp_codec(std::size_t size, std::uint16_t ssid, const hmac_key* key);
/// `PING <sequence> <milliseconds since 1970>`, which any case of letters answers; filled up with spaces to
/// `size`, 0: as long as it comes.
std::unique_ptr<codec> text_codec(std::size_t size);
/// RFC 792 and RFC 4443: echo requests with sequence number and time in full in their data.
std::unique_ptr<codec> icmp_codec(std::size_t size, bool ipv6);

inline constexpr std::size_t least_icmp_size = 24; ///< ICMP's 8 octets, and 16 that tell probes apart
inline constexpr std::size_t largest_probe = 65507;
inline constexpr std::size_t least_text_size = 40; ///< when one is asked for: its words may grow

} // namespace pier::ping
