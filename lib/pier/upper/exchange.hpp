// A text, its answer, and which datagram is whose answer. No I/O.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace pier::upper {

/// What became of a text.
struct exchange {
    enum class outcome {
        answered,
        refused,     ///< by the other machine: nobody listens there
        no_answer,   ///< in time
        closed,      ///< the server ended the connection instead
        unreachable, ///< for the reason in `error`
        too_long,    ///< for a datagram
        interrupted
    };
    outcome result = outcome::no_answer;
    std::string answer;
    std::chrono::nanoseconds took{}; ///< from the last sending to the answer, or waited for none
    unsigned tries = 0;
    std::string server; ///< who answered, or was asked last: "127.0.0.1:12000"
    int error = 0;
    bool connecting = false; ///< it came to nothing before the text was sent
};

/// Tells the answer to the text sent last from late and repeated answers to those before.
class answer_matcher {
public:
    void sending(std::string_view text);
    /// An answer that is no earlier text's counts, whatever its bytes: another server may know more letters.
    bool is_answer(std::string_view received) const;

    /// How many texts back a late answer is known.
    static constexpr std::size_t remembered = 256;

private:
    std::string expected_;
    std::deque<std::size_t> earlier_; ///< hashes
};

} // namespace pier::upper
