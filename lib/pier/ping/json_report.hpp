// What other programs read: an object of JSON on a line, of each probe and of each target's whole. Times are
// milliseconds with six decimals: every nanosecond. No I/O.
#pragma once

#include "pier/ping/target.hpp"

#include <span>
#include <string>

namespace pier::ping {

std::string json_of_answer(const target& t, const answer& a, const session::arrival& what);
std::string json_of_loss(const target& t, const probe& p);
/// `about` may be null.
std::string json_of_failure(const target& t, fault f, const probe* about);
std::string json_of_unsent(const target& t, const probe& p, std::string_view why);
std::string json_of_window(const target& t, std::int64_t now);
std::string json_summary(const target& t, std::span<const std::string> passed);

} // namespace pier::ping
