#include "pier/http/chunked.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace pier::http {

namespace {

constexpr unsigned max_size_digits = 16;
constexpr std::uint64_t max_chunk_size = (std::uint64_t{1} << 63) - 1;

} // namespace

chunked_decoder::step chunked_decoder::decode(std::string_view in)
{
    step result;
    while (expecting_ != expecting::nothing && result.consumed < in.size()) {
        if (expecting_ == expecting::data) {
            auto size =
                static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, in.size() - result.consumed));
            result.data = in.substr(result.consumed, size);
            result.consumed += size;
            result.now = state::data;
            remaining_ -= size;
            if (remaining_ == 0)
                expecting_ = expecting::data_carriage_return;
            return result;
        }
        take(in[result.consumed++]);
    }
    if (expecting_ == expecting::nothing)
        result.now = error_ == chunked_error::none ? state::done : state::error;
    return result;
}

/// chunk-size [ chunk-ext ] CRLF and the CRLF after chunk-data, RFC 9112 7.1 and 7.1.1
void chunked_decoder::take(char c)
{
    switch (expecting_) {
    case expecting::first_size_digit:
        remaining_ = 0;
        size_digits_ = 0;
        extension_bytes_ = 0;
        return hex_value(c) >= 0 ? take_size_digit(c) : fail(chunked_error::size);
    case expecting::size_digits:
        if (hex_value(c) >= 0)
            return take_size_digit(c);
        if (c == '\r')
            return become(expecting::size_line_feed);
        [[fallthrough]];
    case expecting::space_before_extension:
        if (c != ';' && !is_ows(c))
            return fail(chunked_error::size);
        become(c == ';' ? expecting::extension : expecting::space_before_extension);
        return count_extension();
    case expecting::extension:
        if (c == '\r')
            return become(expecting::size_line_feed);
        return is_field_char(c) ? count_extension() : fail(chunked_error::extension);
    case expecting::size_line_feed:
        if (c != '\n')
            return fail(chunked_error::line_end);
        return become(remaining_ == 0 ? expecting::trailer_start : expecting::data);
    case expecting::data_carriage_return:
        return c == '\r' ? become(expecting::data_line_feed) : fail(chunked_error::line_end);
    case expecting::data_line_feed:
        return c == '\n' ? become(expecting::first_size_digit) : fail(chunked_error::line_end);
    default: return take_trailer(c);
    }
}

/// trailer-section CRLF, RFC 9112 7.1.2
void chunked_decoder::take_trailer(char c)
{
    bool ends_body =
        expecting_ == expecting::last_line_feed || (expecting_ == expecting::trailer_start && c == '\r');
    if (!ends_body && ++trailer_bytes_ > limits_.trailer_section)
        return fail(chunked_error::trailer_limit);
    switch (expecting_) {
    case expecting::trailer_start:
        if (c == '\r')
            return become(expecting::last_line_feed);
        return is_tchar(c) ? become(expecting::trailer_name) : fail(chunked_error::trailer);
    case expecting::trailer_name:
        if (c == ':')
            return become(expecting::trailer_value);
        return is_tchar(c) ? void() : fail(chunked_error::trailer);
    case expecting::trailer_value:
        if (c == '\r')
            return become(expecting::trailer_line_feed);
        return is_field_char(c) ? void() : fail(chunked_error::trailer);
    case expecting::trailer_line_feed:
        return c == '\n' ? become(expecting::trailer_start) : fail(chunked_error::line_end);
    default: // last_line_feed
        return c == '\n' ? become(expecting::nothing) : fail(chunked_error::line_end);
    }
}

void chunked_decoder::take_size_digit(char c)
{
    // 16 digits fit the type, so nothing is lost before the comparison.
    remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(hex_value(c));
    expecting_ = expecting::size_digits;
    if (++size_digits_ > max_size_digits || remaining_ > max_chunk_size)
        fail(chunked_error::size_overflow);
}

void chunked_decoder::count_extension()
{
    if (++extension_bytes_ > limits_.chunk_extension || ++all_extension_bytes_ > limits_.all_extensions)
        fail(chunked_error::extension_limit);
}

void chunked_decoder::fail(chunked_error why)
{
    error_ = why;
    expecting_ = expecting::nothing;
}

std::string_view format_chunk_size(std::uint64_t size, chunk_size_buffer& buffer)
{
    char* out = std::to_chars(buffer.data(), buffer.data() + buffer.size(), size, 16).ptr;
    out = std::copy(chunk_end.begin(), chunk_end.end(), out);
    return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

} // namespace pier::http
