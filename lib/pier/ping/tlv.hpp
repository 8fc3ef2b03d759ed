// The TLVs that may follow a test packet's base (RFC 8972 4), as a Session-Reflector answers them. It knows
// Extra Padding, and in authenticated mode HMAC; all others it sends back, marked as not understood. No I/O.
#pragma once

#include "pier/ping/hmac.hpp"
#include "pier/ping/stamp.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pier::ping {

enum class tlv_type : std::uint8_t { extra_padding = 1, hmac = 8 };

/// In the first octet of a TLV; its type and two octets of length follow. Senders set the first one.
enum tlv_flag : std::uint8_t { tlv_unrecognized = 0x80, tlv_malformed = 0x40, tlv_integrity = 0x20 };
inline constexpr std::size_t tlv_header = 4;

/// What follows the base of a packet: TLVs, or padding without a form, as RFC 8762 and TWAMP-Light have it.
class tlv_area {
public:
    explicit tlv_area(std::span<char> octets);

    /// RFC 8972 4.8: the HMAC TLV stands where it must and is right for that sequence number, or nothing is
    /// there that needs one.
    bool is_authentic(hmac& mac, std::span<const char> sequence) const;
    /// Sets the flags, in place, of a packet in authenticated mode or not.
    void mark(stamp_mode mode, bool authentic);
    /// Computes the HMAC anew, when all that it covers stands: the answer's sequence number, the flags.
    void sign(hmac& mac, std::span<const char> sequence);

private:
    struct tlv {
        char* at;
        std::size_t length; ///< of its value, as far as it is there
        bool whole;
        std::uint8_t type() const { return static_cast<std::uint8_t>(at[1]); }
    };
    template <class Visit>
    void for_each(Visit visit) const;
    std::span<char> before_hmac() const { return octets_.first(hmac_offset_); }

    static constexpr std::size_t none = SIZE_MAX;

    std::span<char> octets_;
    std::size_t hmac_offset_ = none;
    bool needs_hmac_ = false;
};

} // namespace pier::ping
