// The head of a message: request-line or status-line and fields (RFC 9112 sections 2 to 5), strictly. No I/O,
// no allocation once warm. Works line by line on a buffer that grows between calls and looks at no byte
// twice.
//
// Stricter than the RFC's minimum wherever leniency has smuggled requests: bare CR, white space before the
// colon, control bytes and empty names are all refused, and in requests bare LF and obs-fold. In answers
// those two pass, since small servers send them and RFC 9112 2.2 and 5.2 say how to read them.
#pragma once

#include "pier/http/field_id.hpp"
#include "pier/http/method.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pier::http {

struct head_limits {
    std::size_t request_line = 16 * 1024; ///< longer: 414. RFC 9112 section 3 asks for 8000 at least
    std::size_t head = 32 * 1024;         ///< first line and fields together; longer: 431
    std::size_t fields = 100;             ///< more: 431
    std::size_t leading_lines = 4;        ///< empty lines before the first line (RFC 9112 2.2); more: 400
};

enum class head_kind : std::uint8_t { request, response };

/// Where each part stands in the buffer: offsets, so that the buffer may move.
struct field_line {
    std::uint32_t name, name_length;
    std::uint32_t value, value_length;
    field_id id;
};

class head_parser {
public:
    enum class status { need_more, done, failed };

    explicit head_parser(head_limits limits = {}, head_kind kind = head_kind::request)
        : limits_(limits), kind_(kind)
    {
        fields_.reserve(16);
    }

    /// For the next message.
    void reset();

    /// `in` starts where it started at the last call since reset() and may be longer.
    status parse(std::string_view in)
    {
        return kind_ == head_kind::request ? parse_lines<head_kind::request>(in)
                                           : parse_lines<head_kind::response>(in);
    }
    /// The same for who knows that it is a request.
    status parse_request(std::string_view in) { return parse_lines<head_kind::request>(in); }

    /// After `failed`: the status code to answer with: 400, 414, 431 or 505. Of a response: 400 is malformed,
    /// 431 too large, 505 another version of HTTP.
    int error() const { return error_; }

    /// True when a part of a message, not just empty lines, has come.
    bool started() const { return started_; }

    /// True once a request-line was accepted; method, target and version are known from then on.
    bool understood_request_line() const { return stage_ != stage::first_line; }

    /// After `done`, and until reset().
    bool complete() const { return stage_ == stage::done; }

    // After `done`; `in` is the buffer of the last call.
    std::size_t size() const { return at_; } ///< bytes that the head takes, empty line included
    // Of a request:
    method method_id() const { return method_; }
    std::string_view method_name(std::string_view in) const { return in.substr(line_begin_, method_length_); }
    std::string_view target(std::string_view in) const { return in.substr(target_, target_length_); }
    std::string_view request_line(std::string_view in) const { return in.substr(line_begin_, line_length_); }
    // Of a response:
    int status_code() const { return status_code_; } ///< 100 to 999
    std::string_view reason(std::string_view in) const { return in.substr(target_, target_length_); }
    /// Whether a value holds line ends, each before a space or tab: unfold() makes spaces of them.
    bool folded() const { return folded_; }
    void unfold(std::span<char> in) const;
    // Of both:
    int minor_version() const { return minor_version_; } ///< of HTTP/1
    const std::vector<field_line>& fields() const { return fields_; }
    /// How often the field appears.
    unsigned count(field_id id) const { return seen_[static_cast<std::size_t>(id)].count; }
    /// The first appearance. There must be one.
    const field_line& first(field_id id) const { return fields_[seen_[static_cast<std::size_t>(id)].first]; }

private:
    enum class stage : std::uint8_t { first_line, fields, done };
    struct seen {
        std::uint16_t count = 0, first = 0;
    };

    status fail(int code);
    template <head_kind kind>
    status parse_lines(std::string_view in);
    bool parse_request_line(std::string_view in, std::string_view line);
    bool parse_status_line(std::string_view in, std::string_view line);
    template <head_kind kind>
    bool parse_field(std::string_view in, std::string_view line);
    bool fold(std::string_view in, std::string_view line);

    head_limits limits_;
    head_kind kind_;
    stage stage_ = stage::first_line;
    bool started_ = false;
    bool folded_ = false;
    int error_ = 0;
    std::size_t at_ = 0;      ///< start of the line being read
    std::size_t scanned_ = 0; ///< no LF before here, from at_ on
    std::size_t leading_lines_ = 0;
    method method_ = method::unknown;
    int minor_version_ = 1;
    int status_code_ = 0;
    std::size_t line_begin_ = 0, line_length_ = 0;
    std::size_t method_length_ = 0;
    std::size_t target_ = 0, target_length_ = 0; ///< of a response the reason
    std::vector<field_line> fields_;
    std::array<seen, static_cast<std::size_t>(field_id::count_)> seen_{};
};

} // namespace pier::http
