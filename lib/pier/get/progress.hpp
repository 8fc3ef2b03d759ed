// Lines that tell how far downloads are, as wide as the terminal. No I/O, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pier::get {

/// "1.5 MiB": three digits at least, as few letters as people read.
std::string bytes_in_words(std::uint64_t bytes);
/// "0:05", "1:02:03"
std::string clock_text(std::int64_t seconds);
/// "230 ms", "4.2 s", "1:02:03"
std::string time_in_words(std::int64_t milliseconds);

/// Bytes a second, smoothed over the last few seconds.
class speedometer {
public:
    /// `total`: so far. Milliseconds of any clock that only goes forward.
    void note(std::uint64_t total, std::int64_t now);
    double bytes_per_second() const { return rate_; }

private:
    std::uint64_t last_total_ = 0;
    std::int64_t last_ = -1;
    double rate_ = 0;
};

struct progress {
    std::string_view name; ///< made visible already
    std::uint64_t done = 0;
    std::optional<std::uint64_t> size;
    double bytes_per_second = 0;
    std::string_view note; ///< instead of figures: "waits 0.2 s to try again"
};

/// One line without its end, of at most `columns` characters.
std::string progress_line(const progress& p, std::size_t columns);

/// As many characters of UTF-8 as fit, the last one `~` where some are left out.
std::string shortened(std::string_view text, std::size_t columns);
std::size_t width(std::string_view text);

} // namespace pier::get
