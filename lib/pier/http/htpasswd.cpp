#include "pier/http/htpasswd.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/utf8.hpp"
#include "pier/ops/exit.hpp"

#include <algorithm>
#include <charconv>
#include <crypt.h>
#include <cstdint>
#include <fstream>
#include <memory>
#include <strings.h>

namespace pier::http {

namespace {

constexpr std::string_view advice = "; make one with: htpasswd -nB USER";

bool all_of_alphabet(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '/';
    });
}

std::optional<unsigned> number(std::string_view text)
{
    unsigned value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

/// `$2y$CC$` and 53 characters: 22 of salt, 31 of hash.
std::string bcrypt_fault(std::string_view hash, const htpasswd_limits& limits)
{
    auto cost = hash.size() == 60 && hash[6] == '$' ? number(hash.substr(4, 2)) : std::nullopt;
    if (!cost || *cost < 4 || *cost > 31 || !all_of_alphabet(hash.substr(7)))
        return "this is no whole bcrypt hash";
    if (*cost > limits.bcrypt_cost)
        return "a cost of more than " + std::to_string(limits.bcrypt_cost) + " would keep everybody waiting";
    return {};
}

/// `$6$[rounds=N$]SALT$HASH` with a hash of `length` characters.
std::string sha_fault(std::string_view hash, std::size_t length, const htpasswd_limits& limits)
{
    std::string_view rest = hash.substr(3);
    if (rest.starts_with("rounds=")) {
        auto end = rest.find('$');
        auto rounds = end == rest.npos ? std::nullopt : number(rest.substr(7, end - 7));
        if (!rounds || *rounds < 1000)
            return "this is no whole SHA crypt hash";
        if (*rounds > limits.sha_rounds)
            return "more than " + std::to_string(limits.sha_rounds) + " rounds would keep everybody waiting";
        rest.remove_prefix(end + 1);
    }
    auto end = rest.find('$');
    if (end == rest.npos || end > 16 || rest.size() - end - 1 != length ||
        !all_of_alphabet(rest.substr(0, end)) || !all_of_alphabet(rest.substr(end + 1)))
        return "this is no whole SHA crypt hash";
    return {};
}

/// An empty string, or what is wrong with it. Never repeats it: it may be a password.
std::string fault(std::string_view hash, const htpasswd_limits& limits)
{
    if (hash.starts_with("$2y$") || hash.starts_with("$2b$") || hash.starts_with("$2a$"))
        return bcrypt_fault(hash, limits);
    if (hash.starts_with("$6$"))
        return sha_fault(hash, 86, limits);
    if (hash.starts_with("$5$"))
        return sha_fault(hash, 43, limits);
    if (hash.starts_with("$apr1$"))
        return "Apache's MD5 hashes ($apr1$) are too weak";
    if (hash.starts_with("{SHA}"))
        return "unsalted SHA-1 ({SHA}) is too weak";
    return "this is neither a bcrypt nor a SHA-512 or SHA-256 crypt hash";
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// RFC 4648 4, with its padding and nothing else.
std::optional<std::string> decode_base64(std::string_view text)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    text.remove_suffix(padding);
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int held = 0;
    for (char c : text) {
        auto value = alphabet.find(c);
        if (value == alphabet.npos)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            bytes.push_back(static_cast<char>(bits >> held & 0xff));
        }
    }
    if ((bits & ((1u << held) - 1)) != 0) // RFC 4648 3.5: one text for one value
        return std::nullopt;
    return bytes;
}

} // namespace

htpasswd htpasswd::parse(std::string_view text, std::string_view name, const htpasswd_limits& limits)
{
    htpasswd table;
    std::size_t line_number = 0;
    auto refuse = [&](const std::string& why) {
        throw ops::fatal(
            ops::exit_config,
            std::string(name).append(":").append(std::to_string(line_number)).append(": ").append(why));
    };
    if (text.size() > limits.file)
        throw ops::fatal(ops::exit_config, std::string(name).append(": the file has more than ") +
                                               std::to_string(limits.file) + " bytes");
    while (!text.empty()) {
        auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line_number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with('#'))
            continue;
        if (line.size() > limits.line)
            refuse("the line has more than " + std::to_string(limits.line) + " bytes");
        auto colon = line.find(':');
        if (colon == 0 || colon == line.npos)
            refuse(std::string("a line is USER:HASH").append(advice));
        std::string_view user = line.substr(0, colon), hash = line.substr(colon + 1);
        if (has_control(user) || !is_utf8(user))
            refuse("the user's name has control characters or is not UTF-8");
        if (auto why = fault(hash, limits); !why.empty())
            refuse(why.append(advice));
        if (!table.users_.emplace(user, hash).second)
            refuse("this user has a line already; remove one of them");
        if (table.users_.size() > limits.users)
            refuse("there are more than " + std::to_string(limits.users) + " users");
        if (table.dummy_.empty())
            table.dummy_ = hash;
    }
    if (table.users_.empty())
        throw ops::fatal(ops::exit_config,
                         std::string(name).append(": nobody is in this file").append(advice));
    // As dear as the first user's, with a last character changed: no password is known for it.
    table.dummy_.back() = table.dummy_.back() == '.' ? '/' : '.';
    return table;
}

htpasswd htpasswd::load(const std::string& path, const htpasswd_limits& limits)
{
    std::ifstream file(path, std::ios::binary);
    std::string text(limits.file + 1, '\0');
    if (!file || (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && file.bad()))
        throw ops::fatal(ops::exit_no_input, path + ": the password file cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parse(text, path, limits);
}

const std::string& htpasswd::hash_for(std::string_view user) const
{
    auto found = users_.find(user);
    return found == users_.end() ? dummy_ : found->second;
}

bool verify_password(const std::string& password, const std::string& hash)
{
    if (password.find('\0') != password.npos)
        return false;
    auto data = std::make_unique<crypt_data>(); // 32 KiB: not for a small stack
    const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
    bool same = made && made[0] != '*' && equal_in_constant_time(made, hash);
    explicit_bzero(data.get(), sizeof *data);
    return same;
}

bool equal_in_constant_time(std::string_view a, std::string_view b)
{
    if (a.size() != b.size())
        return false;
    volatile unsigned char different = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        different = static_cast<unsigned char>(different | (a[i] ^ b[i]));
    return different == 0;
}

std::optional<credentials> parse_basic(std::string_view field)
{
    constexpr std::string_view scheme = "Basic";
    if (field.size() <= scheme.size() || !iequals(field.substr(0, scheme.size()), scheme) ||
        field[scheme.size()] != ' ')
        return std::nullopt;
    field.remove_prefix(scheme.size());
    while (field.starts_with(' '))
        field.remove_prefix(1);
    auto text = decode_base64(field);
    if (!text || has_control(*text) || !is_utf8(*text))
        return std::nullopt;
    auto colon = text->find(':');
    if (colon == text->npos)
        return std::nullopt;
    return credentials{text->substr(0, colon), text->substr(colon + 1)};
}

} // namespace pier::http
