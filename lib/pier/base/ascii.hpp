// Characters as protocols know them: US-ASCII whatever the locale; bytes from 0x80 up are in no class.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace pier {

/// A set of bytes: one load to ask, built at compile time.
class byte_set {
public:
    constexpr byte_set() = default;
    explicit constexpr byte_set(std::string_view members)
    {
        for (char c : members)
            in_[static_cast<unsigned char>(c)] = true;
    }
    constexpr byte_set with_range(unsigned char first, unsigned char last) const
    {
        byte_set copy = *this;
        for (unsigned c = first; c <= last; ++c)
            copy.in_[c] = true;
        return copy;
    }
    constexpr byte_set with(const byte_set& other) const
    {
        byte_set copy = *this;
        for (std::size_t c = 0; c < copy.in_.size(); ++c)
            copy.in_[c] = in_[c] || other.in_[c];
        return copy;
    }
    constexpr bool contains(char c) const { return in_[static_cast<unsigned char>(c)]; }
    constexpr bool contains_all(std::string_view text) const
    {
        for (char c : text)
            if (!contains(c))
                return false;
        return true;
    }

private:
    std::array<bool, 256> in_{};
};

constexpr bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

constexpr bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

constexpr bool is_alpha(char c)
{
    return is_upper(c) || is_lower(c);
}

constexpr bool is_alnum(char c)
{
    return is_alpha(c) || is_digit(c);
}

constexpr char to_lower(char c)
{
    return is_upper(c) ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr char to_upper(char c)
{
    return is_lower(c) ? static_cast<char>(c - ('a' - 'A')) : c;
}

inline constexpr byte_set alnum_chars =
    byte_set().with_range('0', '9').with_range('A', 'Z').with_range('a', 'z');
/// RFC 9110 5.6.2: what methods, field names and most parameters are made of.
inline constexpr byte_set token_chars = alnum_chars.with(byte_set("!#$%&'*+-.^_`|~"));

constexpr bool is_tchar(char c)
{
    return token_chars.contains(c);
}

constexpr bool is_token(std::string_view text)
{
    return !text.empty() && token_chars.contains_all(text);
}

/// RFC 9110 5.6.3: SP or HTAB.
constexpr bool is_ows(char c)
{
    return c == ' ' || c == '\t';
}

/// What a field value may hold, RFC 9110 5.5: no CR, LF, NUL or other control but HTAB; obs-text passes.
constexpr bool is_field_char(char c)
{
    auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

constexpr bool iequals(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i]))
            return false;
    return true;
}

constexpr bool istarts_with(std::string_view text, std::string_view prefix)
{
    return text.size() >= prefix.size() && iequals(text.substr(0, prefix.size()), prefix);
}

/// Without the spaces and tabs at both ends.
constexpr std::string_view trim_ows(std::string_view text)
{
    while (!text.empty() && is_ows(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_ows(text.back()))
        text.remove_suffix(1);
    return text;
}

/// One or more digits and nothing else; no sign, no space. Nothing on overflow.
constexpr std::optional<std::uint64_t> parse_u64(std::string_view text)
{
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    if (text.empty())
        return std::nullopt;
    std::uint64_t value = 0;
    for (char c : text) {
        if (!is_digit(c))
            return std::nullopt;
        auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (most - digit) / 10)
            return std::nullopt;
        value = value * 10 + digit;
    }
    return value;
}

/// Digits alone, up to 65535; leading zeros pass.
constexpr std::optional<std::uint16_t> parse_port(std::string_view text)
{
    auto port = parse_u64(text);
    if (!port || *port > std::numeric_limits<std::uint16_t>::max())
        return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

/// The value of a hexadecimal digit of either case, -1 for any other byte.
constexpr int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace pier
