// Content codings and Accept-Encoding, RFC 9110 8.4.1 and 12.5.3. No I/O, no allocation.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace pier::http {

enum class content_coding : unsigned char { identity, gzip, br, zstd };
inline constexpr std::size_t content_coding_count = 4;

/// As in Content-Encoding: "gzip", "br" (RFC 7932), "zstd" (RFC 8878), "identity".
std::string_view to_string(content_coding coding);

/// In whatever case; "x-gzip" is gzip (RFC 9110 8.4.1.3).
std::optional<content_coding> parse_content_coding(std::string_view name);

/// The coding to send of those `available`, which are in the server's order of preference; identity is always
/// available and may be left out, and is then the last choice. The highest q wins, then the server's
/// preference; identity wins by q only where the field names it or "*". An empty field, and so an absent one,
/// gets identity.
///
/// Malformed elements and unknown codings are passed over; of two elements for one coding the first counts.
/// Nothing if the client refuses all there is ("identity;q=0"): RFC 9110 12.5.3 then lets identity be sent
/// all the same, and a 406 helps nobody.
std::optional<content_coding> choose_coding(std::string_view accept_encoding,
                                            std::span<const content_coding> available);

} // namespace pier::http
