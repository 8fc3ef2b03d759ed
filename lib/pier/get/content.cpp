#include "pier/get/content.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/units.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace pier::get {

namespace {

/// An empty string, or why it cannot be read.
std::string read_all(const std::string& name, std::string& into)
{
    struct closer {
        void operator()(std::FILE* file) const
        {
            if (file != stdin)
                std::fclose(file);
        }
    };
    std::unique_ptr<std::FILE, closer> file(name == "-" ? stdin : std::fopen(name.c_str(), "rb"));
    if (!file)
        return std::string("cannot be read: ") + std::strerror(errno);
    char piece[16384];
    while (std::size_t got = std::fread(piece, 1, sizeof piece, file.get())) {
        into.append(piece, got);
        if (into.size() > config::most_data)
            return "is larger than " + format_size(config::most_data);
    }
    return std::ferror(file.get()) ? std::string("cannot be read: ") + std::strerror(errno) : std::string();
}

} // namespace

std::string read_header_line(std::string_view line, header_line& into)
{
    auto end = line.find_first_of(":;");
    std::string_view name = line.substr(0, end);
    if (end == line.npos || !is_token(name))
        return "is not a field such as `Accept: text/html`";
    std::string_view value = trim_ows(line.substr(end + 1));
    if (!std::ranges::all_of(value, is_field_char))
        return "has a control character";
    if (line[end] == ';' && !value.empty())
        return "is not a field such as `Accept: text/html`";
    into.name = name;
    into.value.reset();
    if (line[end] == ';' || !value.empty())
        into.value = std::string(value);
    return {};
}

std::string read_headers(const std::string& word, std::vector<header_line>& into)
{
    header_line field;
    if (!word.starts_with('@')) {
        auto wrong = read_header_line(word, field);
        if (wrong.empty())
            into.push_back(std::move(field));
        return wrong;
    }
    std::string text;
    if (auto wrong = read_all(word.substr(1), text); !wrong.empty())
        return wrong;
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (trim_ows(line).empty())
            continue;
        if (auto wrong = read_header_line(line, field); !wrong.empty())
            return "line " + std::to_string(number) + " " + wrong;
        into.push_back(field);
    }
    return {};
}

std::string append_data(const std::string& word, data_kind kind, std::optional<std::string>& into)
{
    std::string text;
    if (word.starts_with('@')) {
        if (auto wrong = read_all(word.substr(1), text); !wrong.empty())
            return wrong;
        if (kind == data_kind::text)
            std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    } else {
        text = word;
    }
    into = into ? *into + "&" + text : text;
    return {};
}

} // namespace pier::get
