// Which bytes of a file have come. No I/O.
#pragma once

#include "pier/http/range.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pier::get {

/// Ranges that are apart from each other, in order.
class coverage {
public:
    void add(http::byte_range done);
    void clear() { ranges_.clear(); }

    const std::vector<http::byte_range>& ranges() const { return ranges_; }
    std::uint64_t bytes() const;
    /// How many have come from the start on without a gap.
    std::uint64_t prefix() const;
    /// What is missing of so many bytes.
    std::vector<http::byte_range> holes(std::uint64_t size) const;

    /// "0-499,1000-1999"; empty when nothing has come.
    std::string to_string() const;
    /// Nothing where it is no such text or has more than `most_ranges`.
    static std::optional<coverage> parse(std::string_view text);

    static constexpr std::size_t most_ranges = 1024;

private:
    std::vector<http::byte_range> ranges_;
};

/// Holes cut into at most `count` pieces that are about equally long, none of them shorter than `least`
/// unless its hole is. Holes stay apart, so there may be more pieces than `count`.
std::vector<http::byte_range> cut(const std::vector<http::byte_range>& holes, std::uint64_t count,
                                  std::uint64_t least);

} // namespace pier::get
