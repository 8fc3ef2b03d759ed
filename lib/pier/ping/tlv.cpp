#include "pier/ping/tlv.hpp"

#include "pier/base/big_endian.hpp"

#include <algorithm>
#include <cstring>

namespace pier::ping {

namespace {

constexpr auto padding_type = static_cast<std::uint8_t>(tlv_type::extra_padding);
constexpr auto hmac_type = static_cast<std::uint8_t>(tlv_type::hmac);

} // namespace

/// Fewer octets at the end than a header has are left as they are.
template <class Visit>
void tlv_area::for_each(Visit visit) const
{
    for (std::size_t offset = 0; octets_.size() - offset >= tlv_header;) {
        char* at = octets_.data() + offset;
        std::size_t says = load_big<std::uint16_t>(at + 2), left = octets_.size() - offset - tlv_header;
        visit(tlv{at, std::min(says, left), says <= left});
        offset += tlv_header + std::min(says, left);
    }
}

/// Type 0 is reserved (RFC 8972 5.1): octets that begin so are padding without a form.
tlv_area::tlv_area(std::span<char> octets) : octets_(octets)
{
    if (octets.size() < tlv_header || octets[1] == 0)
        octets_ = {};
    std::size_t count = 0;
    bool misplaced = false;
    for_each([&](const tlv& t) {
        needs_hmac_ = needs_hmac_ || t.type() != padding_type || ++count > 1;
        misplaced =
            misplaced || (hmac_offset_ != none && t.type() != padding_type); // something comes after it
        if (t.type() == hmac_type && t.whole && t.length == hmac::size)
            hmac_offset_ = static_cast<std::size_t>(t.at - octets_.data());
    });
    if (misplaced)
        hmac_offset_ = none;
}

bool tlv_area::is_authentic(hmac& mac, std::span<const char> sequence) const
{
    if (hmac_offset_ == none)
        return !needs_hmac_;
    return mac.matches({sequence, before_hmac()}, octets_.subspan(hmac_offset_ + tlv_header, hmac::size));
}

void tlv_area::mark(stamp_mode mode, bool authentic)
{
    for_each([&](const tlv& t) {
        bool known = t.type() == padding_type || (mode == stamp_mode::authenticated && t.type() == hmac_type);
        bool malformed = !t.whole || (known && t.type() == hmac_type && t.length != hmac::size);
        t.at[0] = static_cast<char>((known ? 0 : tlv_unrecognized) | (malformed ? tlv_malformed : 0) |
                                    (authentic ? 0 : tlv_integrity));
    });
}

void tlv_area::sign(hmac& mac, std::span<const char> sequence)
{
    if (hmac_offset_ == none)
        return;
    hmac::tag made = mac.of({sequence, before_hmac()});
    std::memcpy(octets_.data() + hmac_offset_ + tlv_header, made.data(), made.size());
}

} // namespace pier::ping
