// What the client says. No I/O.
#pragma once

#include "pier/upper/exchange.hpp"

#include <cstdint>

namespace pier::upper {

/// Whom it asks, and how: what its sentences speak of.
struct question {
    std::string host;
    std::uint16_t port = 0;
    bool datagrams = false;
    std::chrono::milliseconds timeout{1'000};
    std::chrono::milliseconds connect_timeout{5'000};
};

/// For people (`From server: ...`, nothing in it that a terminal obeys), for other programs (the answer's
/// bytes), or as an object of JSON. With its line's end.
enum class style { terminal, plain, json };
std::string answer_line(std::string_view text, const exchange& done, style s, const question& q);

/// What went wrong, for people, without a line's end.
std::string problem(std::string_view text, const exchange& done, const question& q);

/// "[::1]:12000" of a host and a port.
std::string host_and_port(const std::string& host, std::uint16_t port);

/// "1 s", "250 ms".
std::string in_words(std::chrono::milliseconds time);

} // namespace pier::upper
