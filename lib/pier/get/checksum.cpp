#include "pier/get/checksum.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"

#include <array>
#include <new>
#include <openssl/evp.h>

namespace pier::get {

namespace {

struct known_sum {
    sum_kind kind;
    std::string_view name;
    std::string_view field_name; ///< in Repr-Digest; empty: it does not stand there
    std::size_t size;
};

constexpr std::array known_sums{
    known_sum{sum_kind::md5, "md5", "", 16},
    known_sum{sum_kind::sha1, "sha1", "", 20},
    known_sum{sum_kind::sha256, "sha256", "sha-256", 32},
    known_sum{sum_kind::sha384, "sha384", "", 48},
    known_sum{sum_kind::sha512, "sha512", "sha-512", 64},
};

const known_sum& about(sum_kind kind)
{
    return known_sums[static_cast<std::size_t>(kind)];
}

std::optional<std::string> from_hex(std::string_view text)
{
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return text.size() % 2 == 0 ? std::optional(bytes) : std::nullopt;
}

/// RFC 4648 4, with its padding.
std::optional<std::string> from_base64(std::string_view text)
{
    if (text.empty() || text.size() % 4 != 0 || text.size() > 128)
        return std::nullopt;
    std::array<unsigned char, 128> bytes;
    int size = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()));
    std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    if (size < 0)
        return std::nullopt;
    return std::string(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size) - padding);
}

/// RFC 8941 3.2 and 3.3.5: `sha-256=:BASE64:`, perhaps with parameters.
void read_member(std::string_view member, std::vector<checksum>& into)
{
    for (const known_sum& sum : known_sums) {
        if (sum.field_name.empty() || !member.starts_with(sum.field_name))
            continue;
        std::string_view value = member.substr(sum.field_name.size());
        auto end = value.find(':', 2);
        if (!value.starts_with("=:") || end == value.npos)
            continue;
        auto bytes = from_base64(value.substr(2, end - 2));
        if (bytes && bytes->size() == sum.size)
            into.push_back({sum.kind, *bytes});
    }
}

} // namespace

std::string_view to_string(sum_kind kind)
{
    return about(kind).name;
}

std::optional<checksum> parse_checksum(std::string_view text, std::string& why)
{
    auto colon = text.find(':');
    std::string_view name = text.substr(0, colon);
    for (const known_sum& sum : known_sums) {
        if (colon == text.npos || !iequals(name, sum.name))
            continue;
        auto bytes = from_hex(text.substr(colon + 1));
        if (bytes && bytes->size() == sum.size)
            return checksum{sum.kind, *bytes};
        why = "is not " + std::string(sum.name) + ": and " + std::to_string(2 * sum.size) +
              " hexadecimal digits";
        return std::nullopt;
    }
    why = "is not ALGORITHM:HEX with one of md5, sha1, sha256, sha384, sha512";
    return std::nullopt;
}

std::vector<checksum> parse_repr_digest(std::string_view field)
{
    std::vector<checksum> result;
    for_each_element(field, [&](std::string_view member) { read_member(member, result); });
    return result;
}

std::string to_hex(std::string_view bytes)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (char c : bytes) {
        auto byte = static_cast<unsigned char>(c);
        text.append({digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

struct summer::context {
    EVP_MD_CTX* of = EVP_MD_CTX_new();
    context() = default;
    context(const context&) = delete;
    ~context() { EVP_MD_CTX_free(of); }
};

summer::summer(sum_kind kind) : kind_(kind), context_(std::make_unique<context>())
{
    const EVP_MD* made = EVP_get_digestbyname(std::string(to_string(kind)).c_str());
    if (!made || !context_->of || EVP_DigestInit_ex(context_->of, made, nullptr) != 1)
        throw std::bad_alloc();
}

summer::~summer() = default;
summer::summer(summer&&) noexcept = default;
summer& summer::operator=(summer&&) noexcept = default;

void summer::add(std::span<const char> content)
{
    EVP_DigestUpdate(context_->of, content.data(), content.size());
}

std::string summer::finish()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
    unsigned size = 0;
    EVP_DigestFinal_ex(context_->of, bytes.data(), &size);
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

} // namespace pier::get
