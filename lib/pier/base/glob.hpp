// Glob patterns over paths, compiled once. No I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier {

/// `*` matches any run of bytes but '/', `**` any run at all, and `**` with a slash after it any number of
/// folders, none included; `?` one byte but '/'; `[a-z_]` one of a set and `[!a-z]` or `[^a-z]` one outside
/// it, neither ever '/' (a `]` stands first in the set); `\` takes the next byte as it is. All else stands
/// for itself.
///
/// Matching looks at each byte of the path once, whatever the pattern: the places of the pattern that are
/// reached so far are the bits of one word (Baeza-Yates and Gonnet's shift-and). Nothing is ever backtracked.
class glob {
public:
    /// Nothing for an open set, a backslash at the end, or over 63 places between first and last wildcard.
    static std::optional<glob> parse(std::string_view pattern);

    /// The whole path, a leading slash included.
    bool matches(std::string_view path) const;

    /// As .gitignore reads it: a pattern without '/' is held against the last segment, any other against the
    /// whole path, and a leading slash counts on neither side. `*.css` and `a/*.css` both match "/a/b.css".
    bool matches_beneath(std::string_view path) const;

    const std::string& pattern() const { return pattern_; }

private:
    glob() = default;
    bool matches_after(std::string_view prefix, std::string_view path) const;

    std::string pattern_;
    std::string prefix_; // what stands before the first wildcard and after the last: compared, not matched
    std::string suffix_;
    bool has_wildcard_ = false;
    bool has_slash_ = false;
    // Sets of places, place n as bit n. One is reached while the path so far matches all that is before it.
    unsigned places_ = 0;
    std::array<std::uint64_t, 256> advance_{}; // by byte: places that it completes
    std::uint64_t stay_ = 0;                   // places that any byte but '/' leaves reached
    std::uint64_t stay_at_slash_ = 0;
    std::uint64_t stars_ = 0;   // places that need nothing
    std::uint64_t folders_ = 0; // `**/`: places that need nothing when just reached, and a '/' from then on
};

/// False as well where the pattern is none.
bool glob_match(std::string_view pattern, std::string_view path);

} // namespace pier
