// Sums of content: what --checksum and Repr-Digest (RFC 9530) say it must be, and what it is.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pier::get {

enum class sum_kind : unsigned char { md5, sha1, sha256, sha384, sha512 };

/// "sha256"
std::string_view to_string(sum_kind kind);
/// Whether others can make other content with the same sum: it finds accidents, not attackers.
constexpr bool is_weak(sum_kind kind)
{
    return kind == sum_kind::md5 || kind == sum_kind::sha1;
}

struct checksum {
    sum_kind kind = sum_kind::sha256;
    std::string bytes; ///< as they are
};

/// "sha256:HEX", in any case; nothing, and why, for anything else.
std::optional<checksum> parse_checksum(std::string_view text, std::string& why);

/// Those of a Repr-Digest field that we can compute. What cannot be read is passed over.
std::vector<checksum> parse_repr_digest(std::string_view field);

std::string to_hex(std::string_view bytes);

/// Adds up content as it comes.
class summer {
public:
    explicit summer(sum_kind kind);
    ~summer();
    summer(summer&&) noexcept;
    summer& operator=(summer&&) noexcept;

    sum_kind kind() const { return kind_; }
    void add(std::span<const char> content);
    /// Of all so far; once.
    std::string finish();

private:
    struct context;
    sum_kind kind_;
    std::unique_ptr<context> context_;
};

} // namespace pier::get
