#include "pier/base/text.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/utf8.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace pier {

namespace {

constexpr std::size_t longest_word = 64;

constexpr byte_set path_chars = alnum_chars.with(byte_set("-._~!$&'()*+,;=@/"));

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    // Rows of the usual table: `row[j]` is how far the first i letters of `a` are from the first j of `b`.
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t substituted = last[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row[b.size()];
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates)
{
    if (word.size() > longest_word)
        return std::nullopt;
    std::optional<std::string_view> best;
    std::size_t allowed = std::max<std::size_t>(1, word.size() / 3);
    for (std::string_view candidate : candidates) {
        if (candidate.size() > word.size() + allowed)
            continue;
        std::size_t distance = edit_distance(word, candidate);
        if (distance > allowed || (best && distance == allowed))
            continue;
        best = candidate;
        allowed = distance;
    }
    return best;
}

std::string html_escape(std::string_view text)
{
    std::string escaped;
    escaped.reserve(text.size());
    for (char c : text) {
        switch (c) {
        case '&': escaped += "&amp;"; break;
        case '<': escaped += "&lt;"; break;
        case '>': escaped += "&gt;"; break;
        case '"': escaped += "&quot;"; break;
        case '\'': escaped += "&#39;"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

std::string percent_encode_path(std::string_view path)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(path.size());
    for (char c : path) {
        if (path_chars.contains(c)) {
            encoded += c;
        } else {
            auto byte = static_cast<unsigned char>(c);
            encoded += {'%', digits[byte >> 4], digits[byte & 0xf]};
        }
    }
    return encoded;
}

std::string visible(std::string_view text)
{
    constexpr char hex[] = "0123456789abcdef";
    std::string out;
    while (!text.empty()) {
        std::size_t length = utf8_length(text);
        auto byte = static_cast<unsigned char>(text[0]);
        // A C1 control is two bytes of UTF-8, or one that is none.
        bool c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
        bool control = byte < 0x20 || byte == 0x7f || length == 0 || c1;
        if (length == 0)
            length = 1;
        for (std::size_t i = 0; i < length; ++i) {
            auto each = static_cast<unsigned char>(text[i]);
            if (control)
                out.append({'\\', 'x', hex[each >> 4], hex[each & 15]});
            else
                out.push_back(text[i]);
        }
        text.remove_prefix(length);
    }
    return out;
}

} // namespace pier
