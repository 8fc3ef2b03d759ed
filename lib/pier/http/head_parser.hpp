// The head of a request: request-line and fields (RFC 9112 sections 2 to 5), strictly. No I/O, no allocation
// once warm. Works line by line on a buffer that grows between calls and looks at no byte twice.
//
// Stricter than the RFC's minimum wherever leniency has smuggled requests: bare LF, bare CR, obs-fold, white
// space before the colon, control bytes and empty names are all refused.
#pragma once

#include "pier/http/field_id.hpp"
#include "pier/http/method.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pier::http {

struct head_limits {
    std::size_t request_line = 16 * 1024; ///< longer: 414. RFC 9112 section 3 asks for 8000 at least
    std::size_t head = 32 * 1024;         ///< request-line and fields together; longer: 431
    std::size_t fields = 100;             ///< more: 431
    std::size_t leading_lines = 4;        ///< empty lines before the request-line (RFC 9112 2.2); more: 400
};

/// Where each part stands in the buffer: offsets, so that the buffer may move.
struct field_line {
    std::uint32_t name, name_length;
    std::uint32_t value, value_length;
    field_id id;
};

class head_parser {
public:
    enum class status { need_more, done, failed };

    explicit head_parser(head_limits limits = {}) : limits_(limits) { fields_.reserve(16); }

    /// For the next request.
    void reset();

    /// `in` starts where it started at the last call since reset() and may be longer.
    status parse(std::string_view in);

    /// After `failed`: the status code to answer with: 400, 414, 431 or 505.
    int error() const { return error_; }

    /// True when a part of a request, not just empty lines, has come.
    bool started() const { return started_; }

    /// True once a request-line was accepted; method, target and version are known from then on.
    bool understood_request_line() const { return stage_ != stage::request_line; }

    /// After `done`, and until reset().
    bool complete() const { return stage_ == stage::done; }

    // After `done`; `in` is the buffer of the last call.
    std::size_t size() const { return at_; } ///< bytes that the head takes, empty line included
    method method_id() const { return method_; }
    std::string_view method_name(std::string_view in) const { return in.substr(line_begin_, method_length_); }
    std::string_view target(std::string_view in) const { return in.substr(target_, target_length_); }
    std::string_view request_line(std::string_view in) const { return in.substr(line_begin_, line_length_); }
    int minor_version() const { return minor_version_; } ///< of HTTP/1
    const std::vector<field_line>& fields() const { return fields_; }
    /// How often the field appears.
    unsigned count(field_id id) const { return seen_[static_cast<std::size_t>(id)].count; }
    /// The first appearance. There must be one.
    const field_line& first(field_id id) const { return fields_[seen_[static_cast<std::size_t>(id)].first]; }

private:
    enum class stage : std::uint8_t { request_line, fields, done };
    struct seen {
        std::uint16_t count = 0, first = 0;
    };

    status fail(int code);
    bool parse_request_line(std::string_view in, std::string_view line);
    bool parse_field(std::string_view in, std::string_view line);

    head_limits limits_;
    stage stage_ = stage::request_line;
    bool started_ = false;
    int error_ = 0;
    std::size_t at_ = 0;      ///< start of the line being read
    std::size_t scanned_ = 0; ///< no LF before here, from at_ on
    std::size_t leading_lines_ = 0;
    method method_ = method::unknown;
    int minor_version_ = 1;
    std::size_t line_begin_ = 0, line_length_ = 0;
    std::size_t method_length_ = 0;
    std::size_t target_ = 0, target_length_ = 0;
    std::vector<field_line> fields_;
    std::array<seen, static_cast<std::size_t>(field_id::count_)> seen_{};
};

} // namespace pier::http
