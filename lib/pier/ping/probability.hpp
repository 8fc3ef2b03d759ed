// How likely something is, as people write it: 4/11, 36%, 0.5%. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::ping {

class probability {
public:
    probability() = default; ///< never

    /// "4/11", "36%", "0.05%"; "0" and "1" are never and always. Nothing for more than always, and for "0.36"
    /// or "36", which may mean one thing or the other.
    static std::optional<probability> parse(std::string_view text);

    double value() const;
    explicit operator bool() const { return numerator_ != 0; }
    /// As parse() takes it.
    std::string to_string() const;

    /// `uniform`: any number of 64 bits, all as likely. Exact to 2^-53.
    bool holds_for(std::uint64_t uniform) const;

private:
    std::uint64_t numerator_ = 0, denominator_ = 1; ///< both below 2^32
    bool percent_ = false;
};

} // namespace pier::ping
