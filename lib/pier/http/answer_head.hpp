// The head of an answer as a client keeps it. No I/O.
#pragma once

#include "pier/http/head_parser.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pier::http {

class answer_head {
public:
    answer_head() : parser_({}, head_kind::response) {}
    explicit answer_head(head_limits limits) : parser_(limits, head_kind::response) {}

    /// As head_parser::parse(); keeps a copy of what it needs once it is done.
    head_parser::status parse(std::string_view in);
    /// For the next one.
    void reset();
    /// After `failed`: 431 is too large, 505 another version of HTTP, 400 all else.
    int error() const { return parser_.error(); }
    /// Bytes that the head took.
    std::size_t size() const { return parser_.size(); }

    int status() const { return parser_.status_code(); }
    int minor_version() const { return parser_.minor_version(); }
    std::string_view reason() const { return parser_.reason(text_); }
    /// All of it as it came, status line and empty line included; folded lines are unfolded.
    std::string_view text() const { return text_; }

    /// The field's value, of several the first.
    std::optional<std::string_view> field(std::string_view name) const;
    /// The values of all its appearances, joined by ", " (RFC 9110 5.3); empty when there is none.
    std::string list(std::string_view name) const;
    /// `visit(name, value)` in order.
    template <class Visit>
    void for_each(Visit visit) const
    {
        for (const field_line& f : parser_.fields())
            visit(std::string_view(text_).substr(f.name, f.name_length),
                  std::string_view(text_).substr(f.value, f.value_length));
    }
    const head_parser& parser() const { return parser_; }

private:
    head_parser parser_;
    std::string text_;
};

} // namespace pier::http
