#include "pier/ops/ini.hpp"

#include "pier/base/ascii.hpp"

#include <array>
#include <optional>
#include <utility>

namespace pier::ops {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

constexpr byte_set name_chars = alnum_chars.with(byte_set("-_"));

/// The letter after the backslash, and what both stand for.
constexpr std::array escapes{std::pair{'"', '"'}, std::pair{'\\', '\\'}, std::pair{'n', '\n'},
                             std::pair{'r', '\r'}, std::pair{'t', '\t'}};

std::optional<char> unescape(char letter)
{
    for (auto [name, meaning] : escapes)
        if (name == letter)
            return meaning;
    return std::nullopt;
}

/// `text` starts with the opening quote. An empty string, or what is wrong.
std::string read_quoted(std::string_view text, std::string& value)
{
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"')
            return trim_ows(text.substr(i + 1)).empty() ? "" : "something stands after the closing quote";
        if (text[i] != '\\') {
            value += text[i];
            continue;
        }
        auto meaning = ++i < text.size() ? unescape(text[i]) : std::nullopt;
        if (!meaning)
            return R"(in quotes a backslash stands before one of " \ n r t)";
        value += *meaning;
    }
    return "the closing quote is missing";
}

/// `line` starts with the bracket.
std::string read_section(std::string_view line, std::string& name)
{
    auto end = line.find(']');
    if (end == line.npos)
        return "the closing bracket is missing";
    if (!trim_ows(line.substr(end + 1)).empty())
        return "something stands after the closing bracket";
    name = line.substr(1, end - 1);
    auto dot = name.find('.');
    std::string_view kind = std::string_view(name).substr(0, dot);
    std::string_view instance = dot == name.npos ? kind : std::string_view(name).substr(dot + 1);
    return is_ini_name(kind) && is_ini_name(instance) ? "" : "is not [NAME] or [NAME.INSTANCE]";
}

std::string read_entry(std::string_view line, ini_entry& entry)
{
    auto equals = line.find('=');
    std::string_view key = trim_ows(line.substr(0, equals));
    if (equals == line.npos || !is_ini_name(key))
        return "is neither [SECTION] nor KEY = VALUE";
    entry.key = key;
    std::string_view value = trim_ows(line.substr(equals + 1));
    if (value.starts_with('"'))
        return read_quoted(value, entry.value);
    entry.value = value;
    return {};
}

std::string_view take_line(std::string_view& text)
{
    auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return trim_ows(line);
}

} // namespace

bool is_ini_name(std::string_view name)
{
    return !name.empty() && name_chars.contains_all(name);
}

std::variant<ini_sections, ini_error> read_ini(std::string_view text)
{
    if (text.size() > max_ini_size)
        return ini_error{0, "is larger than 1M, too large for a configuration"};
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    ini_sections sections(1);
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = take_line(text);
        if (line.empty() || line.front() == '#' || line.front() == ';')
            continue;
        if (line.find('\0') != line.npos)
            return ini_error{number, "holds a NUL byte: is this a text file?"};
        std::string wrong;
        if (line.front() == '[') {
            sections.push_back({{}, number, {}});
            wrong = read_section(line, sections.back().name);
        } else {
            sections.back().entries.push_back({{}, {}, number});
            wrong = read_entry(line, sections.back().entries.back());
        }
        if (!wrong.empty())
            return ini_error{number, std::move(wrong)};
    }
    return sections;
}

std::string write_ini_value(std::string_view value)
{
    bool bare =
        trim_ows(value) == value && !value.starts_with('"') && value.find_first_of("\r\n") == value.npos;
    if (bare)
        return std::string(value);
    std::string quoted = "\"";
    for (char c : value) {
        const std::pair<char, char>* special = nullptr;
        for (const auto& escape : escapes)
            if (escape.second == c)
                special = &escape;
        if (special)
            quoted += {'\\', special->first};
        else
            quoted += c;
    }
    return quoted + "\"";
}

} // namespace pier::ops
