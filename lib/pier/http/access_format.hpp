// What an access log line holds: a format with places, compiled once into a list of steps. Pure.
#pragma once

#include "pier/http/access_line.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pier::http {

/// `combined`, `json` or text with places in braces, such as `{client} {request}`; `{{` and `}}` stand for
/// one brace. docs/logs.md lists the places.
class access_format {
public:
    static constexpr std::size_t longest = 4096; ///< bytes of text
    static constexpr std::size_t most_places = 100;

    /// The combined format.
    access_format() = default;

    /// Returns an empty string, or what is wrong with the text and where; then the format is as it was.
    std::string set(std::string_view text);

    /// Nothing is asked of the entry beyond what append_combined() needs.
    bool is_combined() const { return steps_.empty(); }

    /// Appends the line with its LF. What came from the peer is escaped: in JSON as JSON is, else as
    /// append_combined() does, and `-` stands for what is absent.
    void append(std::string& out, const access_entry& entry, log_time& time, std::int64_t unix_time) const;

private:
    enum class place : std::uint8_t {
        literal,
        client,
        user,
        time,
        time_iso,
        request,
        method,
        target,
        protocol,
        status,
        bytes,
        duration,
        referer,
        agent,
        host,
        end,
        number
    };
    struct step {
        place what;
        std::uint16_t begin = 0, length = 0; ///< of a literal
    };
    struct name;

    static const name names[];
    std::string compile(std::string_view text);
    static std::string unknown(std::string_view name, std::size_t position);
    void add_literal(char c);
    void append_step(std::string& out, const step& s, const access_entry& entry, log_time& time,
                     std::int64_t unix_time) const;

    std::vector<step> steps_; ///< empty: combined
    std::string literals_;
    bool json_ = false;
};

} // namespace pier::http
