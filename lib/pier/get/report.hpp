// What is said of downloads that have ended. No I/O.
#pragma once

#include "pier/get/job.hpp"

#include <span>
#include <string>

namespace pier::get {

/// For people: "a.iso: 1.00 GiB in 2.3 s, 445 MiB/s".
std::string result_line(const job& what, const result& done);
/// "http://a/b: the server answers 404 Not Found"
std::string problem_line(const job& what, const result& done);
/// An object of JSON, without a line's end.
std::string json_line(const job& what, const result& done);

/// Of several requests of one URL, as those of -n.
struct comparison {
    std::size_t answers = 0, failures = 0;
    std::size_t different = 0; ///< from the first
    std::uint64_t bytes = 0;   ///< of the first
    std::string sha256;        ///< of the first
    std::chrono::nanoseconds fastest{0}, slowest{0};
    bool equal() const { return different == 0 && answers > 0; }
};
comparison compare(std::span<const result* const> all);
/// "10 answers, all equal: 120 bytes, sha256 ..., in 1 ms to 4 ms"
std::string comparison_line(const comparison& c);

} // namespace pier::get
