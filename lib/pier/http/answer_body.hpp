// The body of an answer: how it is framed (RFC 9112 6.3), and taking it apart as its bytes come. No I/O, no
// allocation.
#pragma once

#include "pier/http/chunked.hpp"
#include "pier/http/head_parser.hpp"

#include <cstdint>
#include <string_view>

namespace pier::http {

struct answer_framing {
    enum class body : unsigned char {
        none,
        length,
        chunked,
        until_close,
        tunnel ///< 2xx to CONNECT, 101: what follows is no HTTP
    };
    body kind = body::none;
    std::uint64_t length = 0;    ///< for body::length
    bool keep_alive = false;     ///< another request may follow on this connection (RFC 9112 9.3)
    const char* wrong = nullptr; ///< what is wrong with it, "has two lengths"; then nothing else counts

    /// Of a complete head in `in`, which answers a request of method `asked`. Disputed framing is wrong, not
    /// guessed: another reader may see other borders in it.
    static answer_framing of(const head_parser& head, std::string_view in, method asked);
};

class answer_body {
public:
    enum class state {
        need_more, ///< all of `in` is consumed
        data,      ///< `data` is the next piece; call again with what follows `consumed`
        done,      ///< complete; what follows `consumed` is not its
        error      ///< broken: see wrong()
    };
    struct step {
        std::size_t consumed = 0;
        std::string_view data; ///< inside `in`, empty but for state::data
        state now = state::need_more;
    };

    answer_body() : answer_body(answer_framing{}) {}
    explicit answer_body(const answer_framing& framing, const chunked_limits& limits = {})
        : kind_(framing.kind), remaining_(framing.length), chunks_(limits)
    {
    }

    /// With nothing `in` it says whether the body is complete already.
    step take(std::string_view in);
    /// The peer closed the connection. True: that completes the body. False: it is truncated.
    bool end_of_stream();
    bool complete() const;

    /// "a chunk's size is no number", after state::error.
    const char* wrong() const;
    /// Whether a limit was passed rather than a rule broken.
    bool too_large() const;

    /// Bytes that all belong to the body and may be taken past this object, by splice(2) say: tell it with
    /// passed(). 0: it must see what comes.
    std::uint64_t plain_bytes() const;
    void passed(std::uint64_t bytes);

private:
    answer_framing::body kind_;
    bool ended_ = false;
    std::uint64_t remaining_;
    chunked_decoder chunks_;
};

} // namespace pier::http
