#include "pier/http/negotiation.hpp"

#include "pier/base/list.hpp"

#include <algorithm>
#include <array>

namespace pier::http {

namespace {

constexpr std::array<std::string_view, content_coding_count> names = {"identity", "gzip", "br", "zstd"};

constexpr int unnamed = -1;
constexpr int full_quality = 1000;

constexpr std::size_t index(content_coding coding)
{
    return static_cast<std::size_t>(coding);
}

/// In thousandths: `0`, `0.123`, `1.000`, RFC 9110 12.4.2.
std::optional<int> parse_qvalue(std::string_view text)
{
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') ||
        (text.size() > 1 && text[1] != '.'))
        return std::nullopt;
    int value = (text[0] - '0') * full_quality;
    int place = 100;
    for (char c : text.substr(std::min<std::size_t>(2, text.size()))) {
        if (!is_digit(c))
            return std::nullopt;
        value += (c - '0') * place;
        place /= 10;
    }
    return value <= full_quality ? std::optional(value) : std::nullopt;
}

/// codings [ weight ]: `weight` is what follows the first semicolon.
std::optional<int> parse_weight(std::string_view weight)
{
    weight = trim_ows(weight);
    if (!istarts_with(weight, "q="))
        return std::nullopt;
    return parse_qvalue(weight.substr(2));
}

/// What the field says of each coding, in thousandths.
struct qualities {
    std::array<int, content_coding_count> named;
    int others = unnamed; // "*"

    qualities() { named.fill(unnamed); }

    void add(std::string_view element)
    {
        std::size_t semicolon = std::min(element.find(';'), element.size());
        std::string_view coding = trim_ows(element.substr(0, semicolon));
        std::optional<int> q = full_quality;
        if (semicolon < element.size())
            q = parse_weight(element.substr(semicolon + 1));
        if (!q)
            return;
        int* place = &others;
        if (coding != "*") {
            auto known = parse_content_coding(coding);
            if (!known)
                return;
            place = &named[index(*known)];
        }
        if (*place == unnamed)
            *place = *q;
    }

    /// 0 is "not acceptable"; `unnamed` is acceptable for identity, and for it alone.
    int of(content_coding coding) const
    {
        int q = named[index(coding)] != unnamed ? named[index(coding)] : others;
        return q == unnamed && coding != content_coding::identity ? 0 : q;
    }
};

} // namespace

std::string_view to_string(content_coding coding)
{
    return names[index(coding)];
}

std::optional<content_coding> parse_content_coding(std::string_view text)
{
    if (iequals(text, "x-gzip"))
        return content_coding::gzip;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (iequals(text, names[i]))
            return static_cast<content_coding>(i);
    return std::nullopt;
}

std::optional<content_coding> choose_coding(std::string_view accept_encoding,
                                            std::span<const content_coding> available)
{
    qualities accepted;
    for_each_element(accept_encoding, [&](std::string_view element) { accepted.add(element); });

    std::optional<content_coding> best;
    int best_quality = 0;
    for (content_coding coding : available) {
        if (int q = accepted.of(coding); q > best_quality) {
            best = coding;
            best_quality = q;
        }
    }
    int identity = accepted.of(content_coding::identity);
    if (identity > best_quality || (!best && identity == unnamed))
        best = content_coding::identity;
    return best;
}

} // namespace pier::http
