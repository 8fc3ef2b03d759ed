// What a sender says of itself with each beat, whatever it is written in. No I/O.
#pragma once

#include "pier/base/ascii.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace pier::beat {

inline constexpr std::size_t longest_name = 64;
inline constexpr std::chrono::milliseconds least_interval{10};
inline constexpr std::chrono::milliseconds longest_interval{std::chrono::hours(24)};

struct heartbeat {
    std::string_view name{};
    std::uint64_t boot = 0; ///< which start of the sender: greater with each; 0: it does not say
    std::uint64_t sequence = 0;
    std::int64_t sent = 0;                 ///< by the sender's clock, nanoseconds since 1970
    std::chrono::milliseconds interval{0}; ///< until the next; 0: it does not say
    bool bye = false;                      ///< the last one: a planned end
};

/// What senders of text beats are called, before their address: no sender of packets may take such a name.
inline constexpr std::string_view text_prefix = "text:";

/// 1 to 64 visible characters of ASCII: such a name is safe in a log, in an environment and in a page.
constexpr bool is_name(std::string_view name)
{
    if (name.empty() || name.size() > longest_name || name.starts_with(text_prefix))
        return false;
    for (char c : name)
        if (c <= ' ' || c > '~')
            return false;
    return true;
}

} // namespace pier::beat
