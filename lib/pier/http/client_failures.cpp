// What went wrong with an exchange, as its users read it.
#include "pier/base/units.hpp"
#include "pier/http/client_config.hpp"
#include "pier/http/client_exchange_state.hpp"

namespace pier::http {

namespace {

/// The first of what came, as far as a line of text can show it.
std::string shown(std::string_view text)
{
    std::string out;
    for (char c : text.substr(0, text.find_first_of("\r\n")).substr(0, 60))
        out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
    return out;
}

} // namespace

bool client_exchange::state::fail_send(outcome how)
{
    switch (how) {
    case outcome::timed_out:
        return failed(failure::send_timeout, "the server has not taken more of the request for " +
                                                 format_duration(config.deadlines.write));
    case outcome::malformed: return failed(failure::bad_request, "the request's body could not be read");
    case outcome::answered:
        return failed(failure::send, "the server ended the connection in the middle of the request");
    default:
        return failed(failure::send, "the server closed the connection while the request was being sent (" +
                                         connection->io().error().message() + ")");
    }
}

bool client_exchange::state::fail_head(outcome how)
{
    switch (how) {
    case outcome::timed_out:
        return failed(failure::head_timeout,
                      (first_byte ? "the head of the answer was not complete within " : "no answer within ") +
                          format_duration(head_deadline));
    case outcome::malformed:
        if (head.error() == 431)
            return failed(failure::too_large, "the head of the answer is larger than " +
                                                  format_size(config.head.head) + ", or has more than " +
                                                  std::to_string(config.head.fields) + " fields");
        if (head.error() == 505)
            return failed(failure::malformed,
                          "the answer is of a version of HTTP that is not spoken here: `" +
                              shown(connection->io().unread()) + "`");
        if (head.parser().understood_request_line())
            return failed(failure::malformed, "a line of the answer's head is no field");
        return failed(failure::malformed, "this is no HTTP server: its answer begins with `" +
                                              shown(connection->io().unread()) + "`");
    default:
        return failed(failure::closed_early,
                      first_byte ? "the server closed the connection in the middle of the answer's head"
                                 : "the server closed the connection without an answer");
    }
}

bool client_exchange::state::fail_body(outcome how)
{
    std::uint64_t came = connection->io().bytes_received - received_before;
    switch (how) {
    case outcome::timed_out:
        return failed(failure::body_timeout,
                      "nothing more of the body came for " + format_duration(config.deadlines.idle));
    case outcome::malformed:
        return failed(body.too_large() ? failure::too_large : failure::malformed,
                      std::string("the body is broken: ") + body.wrong());
    default: break;
    }
    std::string sentence = "the server closed the connection ";
    if (framing.kind == answer_framing::body::length)
        sentence +=
            "after " + std::to_string(came) + " of " + std::to_string(framing.length) + " bytes of the body";
    else if (framing.kind == answer_framing::body::chunked)
        sentence += "before the last chunk of the body";
    else if (connection->io().error())
        sentence += "in the middle of the body (" + connection->io().error().message() + ")";
    else
        sentence += "without ending TLS: somebody may have cut off the body";
    return failed(failure::truncated, std::move(sentence));
}

} // namespace pier::http
