// Content codings undone (RFC 9110 8.4.1): what a server compressed, as it was before. No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace pier::get {

struct decoder_limits {
    std::uint64_t expansion = 250;                ///< times the bytes received,
    std::uint64_t free = std::uint64_t{64} << 20; ///< where there are more than so many
};

/// What --compressed accepts, the best first.
inline constexpr std::string_view accepted_codings = "zstd, br, gzip, deflate";

class decoder {
public:
    /// Of a Content-Encoding with one coding; null for others.
    static std::unique_ptr<decoder> make(std::string_view content_encoding, decoder_limits limits = {});
    virtual ~decoder() = default;

    enum class error { none, broken, expansion };
    struct step {
        std::size_t consumed = 0, produced = 0;
        error wrong = error::none;
    };
    /// As much of `in` as fits decoded into `out`. Whoever finds `out` full calls again, be `in` empty by
    /// then.
    step decode(std::span<const char> in, std::span<char> out);
    /// Whether what has come may be all there is.
    virtual bool complete() const = 0;

protected:
    explicit decoder(decoder_limits limits) : limits_(limits) {}
    /// `consumed` and `produced`; false: it is broken.
    virtual bool run(std::span<const char> in, std::span<char> out, step& done) = 0;

private:
    decoder_limits limits_;
    std::uint64_t consumed_ = 0, produced_ = 0;
};

} // namespace pier::get
