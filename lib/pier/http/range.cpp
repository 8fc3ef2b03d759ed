#include "pier/http/range.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace pier::http {

namespace {

/// What one range-spec comes to for a representation of a given size.
struct resolved {
    bool satisfiable = false;
    byte_range range{};
};

/// Digits of any number: what does not fit is as good as the largest.
std::optional<std::uint64_t> parse_position(std::string_view digits)
{
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit))
        return std::nullopt;
    return parse_u64(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

/// int-range or suffix-range, RFC 9110 14.1.2; nothing if it is neither. For size 0 the range means nothing.
std::optional<resolved> resolve(std::string_view spec, std::uint64_t size)
{
    std::size_t dash = spec.find('-');
    if (dash == spec.npos)
        return std::nullopt;
    std::string_view before = spec.substr(0, dash);
    std::string_view after = spec.substr(dash + 1);

    if (before.empty()) {
        auto length = parse_position(after);
        if (!length)
            return std::nullopt;
        return *length == 0 ? resolved{} : resolved{true, {size - std::min(*length, size), size - 1}};
    }
    auto first = parse_position(before);
    auto last = after.empty() ? size - 1 : parse_position(after);
    if (!first || !last)
        return std::nullopt;
    if (!after.empty() && *last < *first)
        return std::nullopt;
    if (*first >= size)
        return resolved{};
    return resolved{true, {*first, std::min(*last, size - 1)}};
}

bool overlap_or_near(const byte_range& a, const byte_range& b, std::uint64_t gap)
{
    const byte_range& lower = a.first <= b.first ? a : b;
    const byte_range& upper = a.first <= b.first ? b : a;
    return upper.first <= lower.last || upper.first - lower.last - 1 < gap;
}

/// Adds a range to others of which no two are near each other, and keeps them so.
void add_coalesced(std::vector<byte_range>& ranges, byte_range added, std::uint64_t gap)
{
    auto near = [&](const byte_range& other) { return overlap_or_near(added, other, gap); };
    auto place = std::find_if(ranges.begin(), ranges.end(), near);
    if (place == ranges.end()) {
        ranges.push_back(added);
        return;
    }
    // What `added` does not touch stays away from the union too: it is away from each part of it.
    byte_range all = added;
    for (const byte_range& other : ranges) {
        if (near(other)) {
            all.first = std::min(all.first, other.first);
            all.last = std::max(all.last, other.last);
        }
    }
    ranges.erase(std::remove_if(place + 1, ranges.end(), near), ranges.end());
    *place = all;
}

/// The text after "bytes=" if the unit is bytes, RFC 9110 14.1.
std::optional<std::string_view> range_set_of(std::string_view field)
{
    constexpr std::string_view unit = "bytes=";
    field = trim_ows(field);
    if (!istarts_with(field, unit))
        return std::nullopt;
    return field.substr(unit.size());
}

char* put(char* out, std::string_view text)
{
    return std::copy(text.begin(), text.end(), out);
}

} // namespace

range_outcome parse_range(std::string_view field, std::uint64_t size, const range_limits& limits,
                          std::vector<byte_range>& ranges)
{
    ranges.clear();
    auto set = range_set_of(field);
    if (!set || limits.max_ranges == 0)
        return range_outcome::whole;

    auto outcome = range_outcome::unsatisfiable;
    std::size_t count = 0;
    std::uint64_t room = size; // what is left of the whole's size
    auto add = [&](std::string_view spec) {
        auto found = resolve(spec, size);
        bool too_many = ++count > limits.max_ranges;
        if (too_many || !found) {
            outcome = too_many ? range_outcome::whole : range_outcome::unsatisfiable;
            return false;
        }
        if (!found->satisfiable || outcome == range_outcome::whole)
            return true;
        // An empty representation satisfies a suffix-range, but there is no range of it to name.
        bool too_much = size == 0 || found->range.size() > room;
        outcome = too_much ? range_outcome::whole : range_outcome::partial;
        if (!too_much) {
            room -= found->range.size();
            add_coalesced(ranges, found->range, limits.coalesce_gap);
        }
        return true;
    };
    if (!for_each_element(*set, add) && outcome == range_outcome::partial)
        outcome = range_outcome::unsatisfiable;
    if (outcome != range_outcome::partial)
        ranges.clear();
    return outcome;
}

std::string_view format_content_range(const byte_range& range, std::uint64_t size,
                                      content_range_buffer& buffer)
{
    char* end = buffer.data() + buffer.size();
    char* out = put(buffer.data(), "bytes ");
    out = std::to_chars(out, end, range.first).ptr;
    *out++ = '-';
    out = std::to_chars(out, end, range.last).ptr;
    *out++ = '/';
    out = std::to_chars(out, end, size).ptr;
    return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

std::string_view format_unsatisfied_range(std::uint64_t size, content_range_buffer& buffer)
{
    char* out = put(buffer.data(), "bytes */");
    out = std::to_chars(out, buffer.data() + buffer.size(), size).ptr;
    return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

} // namespace pier::http
