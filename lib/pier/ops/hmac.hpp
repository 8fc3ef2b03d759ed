// A keyed hash for datagrams: HMAC-SHA-256 cut to 16 octets (RFC 2104 section 5). A target of its own: what
// does not need it does not load OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace pier::ops {

/// A secret. It comes from a file, never from a command line, which everybody on the machine can read.
class hmac_key {
public:
    /// Hexadecimal digits, an even number of them and nothing else, are the key's octets; any other text is
    /// the key itself. A line end after it does not count. Throws ops::fatal with `name` when it is too
    /// short.
    static hmac_key parse(std::string_view text, std::string_view name);
    /// Reads the file, which must be a regular one that only its owner may write and strangers cannot read.
    /// Throws ops::fatal.
    static hmac_key load(const std::string& path);

    hmac_key(const hmac_key&) = default;
    hmac_key(hmac_key&&) noexcept = default;
    hmac_key& operator=(const hmac_key&) = default;
    hmac_key& operator=(hmac_key&&) noexcept = default;
    ~hmac_key();

    std::span<const unsigned char> octets() const { return {octets_.data(), size_}; }

    static constexpr std::size_t least = 16; ///< octets
    static constexpr std::size_t most = 256;

private:
    hmac_key() = default;

    std::array<unsigned char, most> octets_{};
    std::size_t size_ = 0;
};

/// Computes it with one key: prepared once, used by one thread.
class hmac {
public:
    static constexpr std::size_t size = 16;
    using tag = std::array<char, size>;

    explicit hmac(const hmac_key& key);

    /// Of the parts one after the other.
    tag of(std::initializer_list<std::span<const char>> parts);
    /// Takes the same time wherever they differ.
    bool matches(std::initializer_list<std::span<const char>> parts, std::span<const char> expected);

private:
    struct context;
    struct free_context {
        void operator()(context* c) const;
    };
    std::unique_ptr<context, free_context> context_;
};

} // namespace pier::ops
