#include "pier/http/answer_head.hpp"

#include "pier/base/ascii.hpp"

namespace pier::http {

head_parser::status answer_head::parse(std::string_view in)
{
    auto now = parser_.parse(in);
    if (now != head_parser::status::done)
        return now;
    text_.assign(in.substr(0, parser_.size()));
    if (parser_.folded())
        parser_.unfold(text_);
    return now;
}

void answer_head::reset()
{
    parser_.reset();
    text_.clear();
}

std::optional<std::string_view> answer_head::field(std::string_view name) const
{
    std::optional<std::string_view> found;
    for_each([&](std::string_view n, std::string_view value) {
        if (!found && iequals(n, name))
            found = value;
    });
    return found;
}

std::string answer_head::list(std::string_view name) const
{
    std::string joined;
    for_each([&](std::string_view n, std::string_view value) {
        if (!iequals(n, name) || value.empty())
            return;
        joined.append(joined.empty() ? "" : ", ").append(value);
    });
    return joined;
}

} // namespace pier::http
