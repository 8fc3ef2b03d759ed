// The client: asks one text after the other over TCP or UDP and prints what comes back.
#pragma once

#include "pier/upper/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pier::upper {

struct client_config {
    question to;
    std::uint64_t tries = 1;           ///< sendings of a datagram until it counts as unanswered
    std::optional<std::uint16_t> from; ///< the own port of datagrams; none: the kernel's choice
    std::uint64_t max_text = 16 << 20; ///< bytes of a text
    bool json = false;
    std::vector<std::string> words; ///< the text; none: the lines of standard input

    /// An empty string, or what is wrong with it.
    std::string validate() const;
};

/// Returns the program's exit code: that of the first text that stayed without an answer. Throws ops::fatal.
int run_client(const client_config& c);

} // namespace pier::upper
