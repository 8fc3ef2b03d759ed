#include "pier/get/partial_record.hpp"

#include "pier/base/ascii.hpp"
#include "pier/http/date.hpp"
#include "pier/http/entity_tag.hpp"

#include <algorithm>

namespace pier::get {

namespace {

constexpr std::string_view title = "pier-get part 1\n";
constexpr std::string_view end_line = "end\n"; // a record that was cut short lacks it

/// The rest of a line that begins so.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view key)
{
    auto end = text.find('\n');
    if (!text.starts_with(key) || end == text.npos || end < key.size())
        return std::nullopt;
    std::string_view value = text.substr(key.size(), end - key.size());
    text.remove_prefix(end + 1);
    return value;
}

bool is_validator(std::string_view text)
{
    auto tag = http::parse_entity_tag(text);
    return tag ? !tag->weak : http::parse_date(text, 0).has_value();
}

} // namespace

std::string partial_record::to_string() const
{
    std::string text(title);
    text.append("url ").append(url).append("\n");
    text.append("validator ").append(validator).append("\n");
    if (size)
        text.append("size ").append(std::to_string(*size)).append("\n");
    if (done)
        text.append("done ").append(done->to_string()).append("\n");
    return text.append(end_line);
}

std::optional<partial_record> partial_record::parse(std::string_view text)
{
    if (!text.starts_with(title) || text.size() > longest)
        return std::nullopt;
    text.remove_prefix(title.size());
    partial_record result;
    auto url = take_line(text, "url ");
    auto validator = take_line(text, "validator ");
    bool printable = url && validator && std::ranges::all_of(*url, is_field_char) &&
                     std::ranges::all_of(*validator, is_field_char);
    if (!printable || url->empty() || !is_validator(*validator))
        return std::nullopt;
    result.url = *url;
    result.validator = *validator;
    if (auto size = take_line(text, "size "))
        if (!(result.size = parse_u64(*size)))
            return std::nullopt;
    if (auto done = take_line(text, "done ")) {
        result.done = coverage::parse(*done);
        bool fits = result.done && result.size &&
                    (result.done->ranges().empty() || result.done->ranges().back().last < *result.size);
        if (!fits)
            return std::nullopt;
    }
    return text == end_line ? std::optional(std::move(result)) : std::nullopt;
}

} // namespace pier::get
