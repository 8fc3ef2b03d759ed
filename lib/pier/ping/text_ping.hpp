// The pinger of many a networking course: `PING <sequence> <milliseconds since 1970>` in a datagram, which
// comes back in any case of letters. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::ping {

struct text_ping {
    std::uint64_t sequence = 0;
    std::uint64_t sent = 0; ///< milliseconds since 1970

    /// "PING 3 1700000000123".
    std::string to_string() const;
    /// Of either case, perhaps with spaces or a line end after it. Nothing for anything else.
    static std::optional<text_ping> parse(std::string_view text);

    friend bool operator==(const text_ping&, const text_ping&) = default;

    static constexpr std::size_t longest = 64; ///< what to_string() makes is shorter
};

} // namespace pier::ping
