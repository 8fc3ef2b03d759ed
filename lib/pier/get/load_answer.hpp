// The answers on one connection, as far as a load test must know them: status, where they end, how many bytes
// they have. No I/O, no allocation once warm.
#pragma once

#include "pier/http/answer_body.hpp"
#include "pier/http/head_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pier::get {

/// The head that one request was answered with last. Most servers say the same again until their clock
/// ticks, and the same bytes have the same meaning: comparing them is all that has to be done.
struct known_head {
    std::string text; ///< empty line included
    int status = 0;
    http::answer_framing framing{};
};

class answer_reader {
public:
    enum class state { need_more, done, failed };

    static constexpr http::head_limits limits{
        .request_line = 16 * 1024, .head = 64 * 1024, .fields = 256, .leading_lines = 0};
    static constexpr unsigned most_interim_answers = 16; ///< 1xx before the final one

    /// For the next answer, which is one to a request of method `asked`. `known` outlives it.
    void begin(http::method asked, known_head& known);

    /// Takes all of `in`: bytes beyond the answer's end are a failure, as nobody asked for them.
    state take(std::string_view in);
    /// The peer closed the connection: done where that ends the body, else failed.
    state end_of_stream();

    bool started() const { return started_; }  ///< a byte of it has come
    bool in_body() const { return !in_head_; } ///< its head is complete
    // Of a complete head:
    int status() const { return status_; }
    bool keep_alive() const { return framing_.keep_alive; }
    /// The end of the connection is the end of its body.
    bool until_close() const { return !in_head_ && framing_.kind == http::answer_framing::body::until_close; }
    // So far:
    std::uint64_t head_bytes() const { return head_bytes_; } ///< those of interim answers included
    std::uint64_t body_bytes() const { return body_bytes_; }
    /// After `failed`: "a chunk's size is no number".
    const char* wrong() const { return wrong_; }
    bool too_large() const { return too_large_; }

private:
    bool take_head(std::string_view& in);
    bool parse_head(std::string_view& in);
    void accept(int status, const http::answer_framing& framing, std::string_view& in, std::size_t size);
    state take_body(std::string_view in);
    state fail(const char* why, bool too_large = false);

    http::head_parser parser_{limits, http::head_kind::response};
    std::string partial_; ///< of a head
    known_head* known_ = nullptr;
    http::method asked_ = http::method::get;
    bool started_ = false, in_head_ = true, too_large_ = false;
    unsigned interim_ = 0;
    int status_ = 0;
    http::answer_framing framing_{};
    http::answer_body body_;
    std::uint64_t head_bytes_ = 0, body_bytes_ = 0;
    const char* wrong_ = nullptr;
};

} // namespace pier::get
