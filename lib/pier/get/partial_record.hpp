// What stands beside a file that is not complete yet: of what it is a part, and how that is known to be the
// same still. No I/O.
#pragma once

#include "pier/get/coverage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pier::get {

struct partial_record {
    std::string url;       ///< without its user
    std::string validator; ///< strong, as If-Range takes it
    std::optional<std::uint64_t> size;
    /// Which bytes have come; none: all that the file has, one after the other.
    std::optional<coverage> done;

    std::string to_string() const;
    /// Nothing unless it is one, whole and without a doubt.
    static std::optional<partial_record> parse(std::string_view text);

    static constexpr std::size_t longest = 64 * 1024;
};

} // namespace pier::get
