#include "pier/get/coverage.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/number.hpp"

#include <algorithm>

namespace pier::get {

void coverage::add(http::byte_range done)
{
    auto touches = [&](const http::byte_range& other) {
        return done.first <= other.last + 1 && other.first <= done.last + 1;
    };
    for (const http::byte_range& other : ranges_) {
        if (!touches(other))
            continue;
        done.first = std::min(done.first, other.first);
        done.last = std::max(done.last, other.last);
    }
    std::erase_if(ranges_, touches);
    auto place = std::ranges::upper_bound(ranges_, done.first, {}, &http::byte_range::first);
    ranges_.insert(place, done);
}

std::uint64_t coverage::bytes() const
{
    std::uint64_t sum = 0;
    for (const http::byte_range& range : ranges_)
        sum += range.size();
    return sum;
}

std::uint64_t coverage::prefix() const
{
    return ranges_.empty() || ranges_.front().first != 0 ? 0 : ranges_.front().last + 1;
}

std::vector<http::byte_range> coverage::holes(std::uint64_t size) const
{
    std::vector<http::byte_range> missing;
    std::uint64_t at = 0;
    for (const http::byte_range& range : ranges_) {
        if (range.first >= size)
            break;
        if (at < range.first)
            missing.push_back({at, range.first - 1});
        at = range.last + 1;
    }
    if (at < size)
        missing.push_back({at, size - 1});
    return missing;
}

std::string coverage::to_string() const
{
    std::string text;
    for (const http::byte_range& range : ranges_) {
        if (!text.empty())
            text.push_back(',');
        append_number(text, range.first);
        text.push_back('-');
        append_number(text, range.last);
    }
    return text;
}

std::optional<coverage> coverage::parse(std::string_view text)
{
    coverage result;
    while (!text.empty()) {
        auto end = std::min(text.find(','), text.size());
        std::string_view range = text.substr(0, end);
        auto dash = range.find('-');
        if (dash == range.npos || end + 1 == text.size())
            return std::nullopt;
        auto first = parse_u64(range.substr(0, dash));
        auto last = parse_u64(range.substr(dash + 1));
        constexpr std::uint64_t largest = INT64_MAX; // what a file's offset can be
        bool fits = first && last && *first <= *last && *last < largest;
        bool apart = result.ranges_.empty() || (fits && *first > result.ranges_.back().last + 1);
        if (!fits || !apart || result.ranges_.size() == most_ranges)
            return std::nullopt;
        result.ranges_.push_back({*first, *last});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

std::vector<http::byte_range> cut(const std::vector<http::byte_range>& holes, std::uint64_t count,
                                  std::uint64_t least)
{
    std::uint64_t missing = 0;
    for (const http::byte_range& hole : holes)
        missing += hole.size();
    std::uint64_t length = std::max({missing / std::max<std::uint64_t>(count, 1), least, std::uint64_t{1}});
    std::vector<http::byte_range> pieces;
    for (const http::byte_range& hole : holes) {
        std::uint64_t parts = std::max<std::uint64_t>(hole.size() / length, 1);
        std::uint64_t each = hole.size() / parts;
        for (std::uint64_t i = 0; i < parts; ++i) {
            std::uint64_t first = hole.first + i * each;
            pieces.push_back({first, i + 1 == parts ? hole.last : first + each - 1});
        }
    }
    return pieces;
}

} // namespace pier::get
