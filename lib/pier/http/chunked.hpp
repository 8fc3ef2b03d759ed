// The chunked transfer coding, RFC 9112 7.1. No I/O, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pier::http {

struct chunked_limits {
    std::size_t chunk_extension = 256;  ///< bytes between a chunk's size and its CRLF
    std::size_t all_extensions = 16384; ///< the same over all chunks of one body
    std::size_t trailer_section = 8192; ///< bytes of the trailer section, its line ends included
};

enum class chunked_error {
    none,
    size,          ///< not hexadecimal, or nothing at all where a chunk's size must stand
    size_overflow, ///< 2^63 bytes or more, or more digits than such a number has
    line_end,      ///< no CRLF where only that may stand
    extension,     ///< a byte that may not stand in an extension; a bare CR or LF above all
    extension_limit,
    trailer, ///< a line that is no field
    trailer_limit
};

/// Takes a chunked body apart as its bytes come. Strict: what RFC 9112 does not allow is an error, since
/// another reader of the same bytes may see other borders in them. Extensions and trailer fields are bounded
/// and discarded; trailer fields are checked to be fields and go no further (RFC 9110 6.5.1).
class chunked_decoder {
public:
    enum class state {
        need_more, ///< all of `in` is consumed
        data,      ///< `data` is the next piece of the body; call again with what follows `consumed`
        done,      ///< the body has ended; what follows `consumed` belongs to the next message
        error      ///< see error(); the connection cannot go on
    };
    struct step {
        std::size_t consumed = 0;
        std::string_view data; ///< inside `in`, empty but for `state::data`
        state now = state::need_more;
    };

    chunked_decoder() = default;
    explicit chunked_decoder(const chunked_limits& limits) : limits_(limits) {}

    /// Once it has said done or error it consumes nothing and says so again.
    step decode(std::string_view in);

    chunked_error error() const { return error_; }

private:
    enum class expecting : unsigned char {
        first_size_digit,
        size_digits,
        space_before_extension, // BWS; a semicolon must follow
        extension,
        size_line_feed,
        data,
        data_carriage_return,
        data_line_feed,
        trailer_start, // a field's first byte, or the CR of the empty line that ends the body
        trailer_name,
        trailer_value,
        trailer_line_feed,
        last_line_feed,
        nothing,
    };

    void take(char c);
    void take_trailer(char c);
    void take_size_digit(char c);
    void count_extension();
    void become(expecting next) { expecting_ = next; }
    void fail(chunked_error why);

    chunked_limits limits_;
    std::uint64_t remaining_ = 0; // of the chunk's size while that is read, then of its data
    std::size_t extension_bytes_ = 0;
    std::size_t all_extension_bytes_ = 0;
    std::size_t trailer_bytes_ = 0;
    unsigned size_digits_ = 0;
    expecting expecting_ = expecting::first_size_digit;
    chunked_error error_ = chunked_error::none;
};

/// Room for the longest chunk-size line.
using chunk_size_buffer = std::array<char, 18>;

/// "1a2b\r\n": the line before a chunk's data, which another CRLF follows. The view is into `buffer`. A size
/// of 0 would end the body: see `last_chunk`.
std::string_view format_chunk_size(std::uint64_t size, chunk_size_buffer& buffer);

inline constexpr std::string_view chunk_end = "\r\n";
/// The end of a body without trailer fields.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace pier::http
