#include "pier/base/glob.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pier {

namespace {

constexpr std::size_t max_places = 63;

enum class kind { literal, set, star, double_star, folders };

struct place {
    kind what;
    byte_set bytes{};
    char literal = '\0';
};

constexpr byte_set complement(const byte_set& set)
{
    byte_set result;
    for (unsigned byte = 0; byte < 256; ++byte)
        if (auto b = static_cast<unsigned char>(byte); !set.contains(static_cast<char>(b)))
            result = result.with_range(b, b);
    return result;
}

constexpr byte_set no_slash = complement(byte_set("/"));

/// One byte of a set, a backslash before it taken away.
std::optional<unsigned char> take_member(std::string_view& text)
{
    if (text.starts_with('\\'))
        text.remove_prefix(1);
    if (text.empty())
        return std::nullopt;
    auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    return byte;
}

/// The set after its '[', up to and with its ']'.
std::optional<byte_set> take_set(std::string_view& text)
{
    bool inverted = text.starts_with('!') || text.starts_with('^');
    if (inverted)
        text.remove_prefix(1);
    byte_set set;
    for (bool first = true; first || !text.starts_with(']'); first = false) {
        auto low = take_member(text);
        if (!low)
            return std::nullopt;
        auto high = low;
        if (text.size() > 1 && text[0] == '-' && text[1] != ']') {
            text.remove_prefix(1);
            high = take_member(text);
        }
        if (!high || *high < *low)
            return std::nullopt;
        set = set.with_range(*low, *high);
    }
    text.remove_prefix(1);
    return inverted ? complement(set) : set;
}

std::optional<std::vector<place>> parse_places(std::string_view text)
{
    std::vector<place> places;
    while (!text.empty()) {
        char c = text.front();
        text.remove_prefix(1);
        if (c == '*' && !text.starts_with('*')) {
            places.push_back({kind::star});
        } else if (c == '*') {
            text.remove_prefix(std::min(text.find_first_not_of('*'), text.size()));
            bool begins_segment = places.empty() || places.back().what == kind::folders ||
                                  (places.back().what == kind::literal && places.back().literal == '/');
            if (!begins_segment || !text.starts_with('/')) {
                places.push_back({kind::double_star});
                continue;
            }
            text.remove_prefix(1);
            if (places.empty() || places.back().what != kind::folders)
                places.push_back({kind::folders});
        } else if (c == '?') {
            places.push_back({kind::set, no_slash});
        } else if (c == '[') {
            auto set = take_set(text);
            if (!set)
                return std::nullopt;
            places.push_back({kind::set, *set});
        } else {
            if (c == '\\') {
                if (text.empty())
                    return std::nullopt;
                c = text.front();
                text.remove_prefix(1);
            }
            places.push_back({kind::literal, {}, c});
        }
    }
    return places;
}

} // namespace

std::optional<glob> glob::parse(std::string_view pattern)
{
    auto places = parse_places(pattern);
    if (!places)
        return std::nullopt;

    glob result;
    result.pattern_ = pattern;
    std::size_t begin = 0;
    std::size_t end = places->size();
    for (; begin < end && (*places)[begin].what == kind::literal; ++begin)
        result.prefix_ += (*places)[begin].literal;
    while (end > begin && (*places)[end - 1].what == kind::literal)
        --end;
    for (std::size_t i = end; i < places->size(); ++i)
        result.suffix_ += (*places)[i].literal;
    if (end - begin > max_places)
        return std::nullopt;
    result.has_wildcard_ = begin != end;
    for (const place& p : *places)
        result.has_slash_ =
            result.has_slash_ || p.what == kind::folders || (p.what == kind::literal && p.literal == '/');

    for (std::size_t i = begin; i < end; ++i) {
        const place& p = (*places)[i];
        std::uint64_t bit = std::uint64_t{1} << result.places_++;
        for (unsigned byte = 0; byte < 256; ++byte) {
            auto c = static_cast<char>(static_cast<unsigned char>(byte));
            if ((p.what == kind::literal && c == p.literal) || (p.what == kind::folders && c == '/') ||
                (p.what == kind::set && c != '/' && p.bytes.contains(c)))
                result.advance_[byte] |= bit;
        }
        if (p.what == kind::star || p.what == kind::double_star)
            result.stars_ |= bit;
        if (p.what == kind::folders)
            result.folders_ |= bit;
        if (p.what == kind::double_star || p.what == kind::folders)
            result.stay_at_slash_ |= bit;
    }
    result.stay_ = result.stars_ | result.folders_;
    return result;
}

bool glob::matches_after(std::string_view prefix, std::string_view path) const
{
    if (!has_wildcard_)
        return path == prefix;
    if (path.size() < prefix.size() + suffix_.size() || !path.starts_with(prefix) || !path.ends_with(suffix_))
        return false;
    path = path.substr(prefix.size(), path.size() - prefix.size() - suffix_.size());

    // Neither two stars nor two folders stand side by side: one step of each passes all that need nothing.
    std::uint64_t reached = 1 | (1 & folders_) << 1;
    reached |= (reached & stars_) << 1;
    for (char c : path) {
        std::uint64_t fresh = (reached & advance_[static_cast<unsigned char>(c)]) << 1;
        fresh |= (fresh & folders_) << 1;
        reached = fresh | (reached & (c == '/' ? stay_at_slash_ : stay_));
        reached |= (reached & stars_) << 1;
        if (reached == 0)
            return false;
    }
    return (reached >> places_ & 1) != 0;
}

bool glob::matches(std::string_view path) const
{
    return matches_after(prefix_, path);
}

bool glob::matches_beneath(std::string_view path) const
{
    if (!has_slash_)
        return matches(path.substr(path.rfind('/') + 1));
    std::string_view prefix = prefix_;
    if (prefix.starts_with('/'))
        prefix.remove_prefix(1);
    if (path.starts_with('/'))
        path.remove_prefix(1);
    return matches_after(prefix, path);
}

bool glob_match(std::string_view pattern, std::string_view path)
{
    auto compiled = glob::parse(pattern);
    return compiled && compiled->matches(path);
}

} // namespace pier
