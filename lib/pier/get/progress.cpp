#include "pier/get/progress.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace pier::get {

namespace {

std::string printed(const char* format, double number)
{
    char text[64];
    int size = std::snprintf(text, sizeof text, format, number);
    return {text, static_cast<std::size_t>(size)};
}

bool continues(char c)
{
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80; // RFC 3629 3
}

std::string right(std::string text, std::size_t columns)
{
    return std::string(columns - std::min(columns, text.size()), ' ') + text;
}

std::string bar(double share, std::size_t columns)
{
    auto full = static_cast<std::size_t>(share * static_cast<double>(columns));
    full = std::min(full, columns);
    return "[" + std::string(full, '#') + std::string(columns - full, '.') + "]";
}

std::string figures(const progress& p)
{
    std::string text = right(bytes_in_words(p.done), 9);
    text += right(bytes_in_words(static_cast<std::uint64_t>(p.bytes_per_second)), 10) + "/s";
    if (!p.size)
        return text;
    auto left = static_cast<double>(*p.size - std::min(*p.size, p.done));
    bool known = p.bytes_per_second >= 1;
    constexpr double longest = 359'999; // 99:59:59
    double seconds = known ? std::min(left / p.bytes_per_second, longest) : 0;
    return text + right(known ? clock_text(static_cast<std::int64_t>(std::ceil(seconds))) : "", 9);
}

} // namespace

std::string bytes_in_words(std::uint64_t bytes)
{
    constexpr std::array units{" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
    std::size_t unit = 0;
    auto number = static_cast<double>(bytes);
    for (; number >= 999.5 && unit + 1 < units.size(); ++unit)
        number /= 1024;
    return printed(unit == 0 || number >= 99.95 ? "%.0f"
                   : number >= 9.995            ? "%.1f"
                                                : "%.2f",
                   number) +
           units[unit];
}

std::string clock_text(std::int64_t seconds)
{
    char text[64];
    auto s = static_cast<long long>(seconds);
    if (s < 3600)
        std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
    else
        std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return text;
}

std::string time_in_words(std::int64_t milliseconds)
{
    if (milliseconds < 1000)
        return std::to_string(milliseconds) + " ms";
    if (milliseconds < 60'000)
        return printed("%.1f s", static_cast<double>(milliseconds) / 1000);
    return clock_text(milliseconds / 1000);
}

void speedometer::note(std::uint64_t total, std::int64_t now)
{
    constexpr double memory = 3000; // milliseconds, after which a third of an old rate is left
    if (last_ >= 0 && now > last_) {
        auto passed = static_cast<double>(now - last_);
        auto came = static_cast<double>(total - std::min(total, last_total_));
        double weight = last_total_ == 0 && rate_ == 0 ? 1 : 1 - std::exp(-passed / memory);
        rate_ += (came * 1000 / passed - rate_) * weight;
    }
    if (last_ >= 0 && now <= last_)
        return;
    last_ = now;
    last_total_ = total;
}

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string shortened(std::string_view text, std::size_t columns)
{
    if (width(text) <= columns)
        return std::string(text);
    std::size_t at = 0;
    for (std::size_t seen = 0; at < text.size(); ++at)
        if (!continues(text[at]) && ++seen == columns)
            break;
    return columns == 0 ? "" : std::string(text.substr(0, at)) + "~";
}

std::string progress_line(const progress& p, std::size_t columns)
{
    constexpr std::size_t least_name = 12, most_name = 40, least_bar = 8;
    std::string right_side = p.note.empty() ? figures(p) : std::string(p.note);
    std::string percent;
    if (p.size && p.note.empty()) {
        auto share = *p.size == 0 ? 1.0 : static_cast<double>(p.done) / static_cast<double>(*p.size);
        percent = right(printed("%.0f%%", std::floor(std::min(share, 1.0) * 100)), 5);
        std::size_t taken = right_side.size() + percent.size() + 1;
        std::size_t rest = columns > taken ? columns - taken : 0;
        if (rest >= least_name + least_bar + 3) {
            std::size_t bar_width = std::min<std::size_t>(rest - 3 - least_name, 30);
            percent = " " + bar(std::min(share, 1.0), bar_width) + percent;
        }
    }
    std::size_t taken = right_side.size() + percent.size() + 1;
    std::size_t room = columns > taken ? std::min(columns - taken, most_name) : 0;
    std::string name = shortened(p.name, room);
    name.append(room - width(name), ' ');
    return shortened(name + percent + " " + right_side, columns);
}

} // namespace pier::get
