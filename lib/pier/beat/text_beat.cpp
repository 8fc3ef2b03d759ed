#include "pier/beat/text_beat.hpp"

#include "pier/base/number.hpp"

#include <algorithm>

namespace pier::beat {

namespace {

constexpr std::size_t longest_text = 64;
constexpr std::uint64_t most_seconds = 9'000'000'000; ///< in nanoseconds they still fit; the year 2255
constexpr std::int64_t nanoseconds = 1'000'000'000;

/// ".25" as nanoseconds; finer digits are read over. Nothing: it is no fraction.
std::optional<std::int64_t> read_fraction(std::string_view text)
{
    if (text.empty())
        return 0;
    text.remove_prefix(1); // the point, which is why there is text
    if (text.empty() || !std::ranges::all_of(text, is_digit))
        return std::nullopt;
    std::int64_t value = 0, unit = nanoseconds;
    for (char c : text.substr(0, 9)) {
        unit /= 10;
        value += (c - '0') * unit;
    }
    return value;
}

} // namespace

std::optional<heartbeat> read_text_beat(std::string_view text)
{
    if (text.size() > longest_text)
        return std::nullopt;
    while (!text.empty() && (is_ows(text.back()) || text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    auto space = text.find(' ');
    if (space == text.npos)
        return std::nullopt;
    std::string_view time = text.substr(text.find_first_not_of(' ', space));
    auto sequence = parse_u64(text.substr(0, space));
    auto seconds = parse_u64(time.substr(0, time.find('.')));
    auto fraction = read_fraction(time.substr(std::min(time.size(), time.find('.'))));
    if (!sequence || !seconds || *seconds > most_seconds || !fraction)
        return std::nullopt;
    heartbeat beat;
    beat.sequence = *sequence;
    beat.sent = static_cast<std::int64_t>(*seconds) * nanoseconds + *fraction;
    return beat;
}

std::string write_text_beat(const heartbeat& beat)
{
    std::string text;
    append_number(text, beat.sequence);
    text.push_back(' ');
    append_number(text, static_cast<std::uint64_t>(beat.sent / nanoseconds));
    text.push_back('.');
    std::string microseconds = std::to_string(1'000'000 + beat.sent % nanoseconds / 1000);
    text.append(microseconds, 1);
    return text;
}

} // namespace pier::beat
