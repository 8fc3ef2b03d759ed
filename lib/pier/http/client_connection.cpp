#include "pier/http/client_connection.hpp"

#include "pier/http/chunked.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace pier::http {

namespace {

using outcome = client_connection::outcome;

/// How often it is looked whether who takes no more of a request has answered it already.
constexpr std::chrono::milliseconds look_interval{250};

/// A body's source is read in pieces of this size.
constexpr std::size_t source_piece = 64 * 1024;

iovec as_iovec(std::string_view text)
{
    return {const_cast<char*>(text.data()), text.size()};
}

} // namespace

net::task<outcome> client_connection::wait(bool readable, net::limited_wait& patience)
{
    if (!patience.ended()) {
        net::limited_wait::guard ends(patience, *stream_);
        if (readable) {
            auto [error] = co_await stream_->readable();
            error_ = error;
        } else {
            auto [error] = co_await stream_->writable();
            error_ = error;
        }
    }
    switch (patience.why()) {
    case net::limited_wait::ending::none: co_return error_ ? outcome::closed : outcome::done;
    case net::limited_wait::ending::deadline: co_return outcome::timed_out;
    default: co_return outcome::cancelled;
    }
}

net::task<outcome> client_connection::send(std::string_view head, std::string_view body,
                                           net::limited_wait& patience, std::chrono::milliseconds progress)
{
    while (!head.empty() || !body.empty()) {
        iovec pieces[2] = {as_iovec(head), as_iovec(body)};
        bool first = !head.empty();
        std::span<const iovec> wanted(pieces + (first ? 0 : 1), first && !body.empty() ? 2 : 1);
        auto sent = stream_->write_some(wanted);
        if (sent.failed()) {
            error_ = sent.error;
            co_return outcome::closed;
        }
        std::size_t of_head = std::min(sent.bytes, head.size());
        head.remove_prefix(of_head);
        body.remove_prefix(sent.bytes - of_head);
        if (sent.would_block()) {
            auto waited = co_await wait_to_send(patience, progress);
            if (waited != outcome::done)
                co_return waited;
        }
    }
    co_return outcome::done;
}

/// Who refuses a request may neither read the rest of it nor close: a stream waits for one thing at a time,
/// so between two waits it is looked for the other.
net::task<outcome> client_connection::wait_to_send(net::limited_wait& patience,
                                                   std::chrono::milliseconds progress)
{
    for (std::chrono::milliseconds left = progress; left.count() > 0; left -= look_interval) {
        if (char byte; !stream_->peek_some({&byte, 1}).would_block())
            co_return outcome::answered;
        patience.limit(std::min(left, look_interval));
        auto waited = co_await wait(false, patience);
        if (waited != outcome::timed_out)
            co_return waited;
        patience.resume();
        stream_->resume();
    }
    co_return outcome::timed_out;
}

net::task<outcome> client_connection::send(std::string_view head, body_source& from,
                                           std::optional<std::uint64_t> length, net::limited_wait& patience,
                                           std::chrono::milliseconds progress)
{
    auto now = co_await send(head, std::string_view(), patience, progress);
    std::vector<char> piece(source_piece);
    std::uint64_t left = length.value_or(0);
    chunk_size_buffer digits;
    while (now == outcome::done) {
        patience.limit({});
        body_read got = co_await from.read(piece);
        if (got.failed || (length && got.bytes > left) || (length && got.bytes == 0 && left > 0))
            co_return outcome::malformed;
        if (got.bytes == 0)
            break;
        left -= length ? got.bytes : 0;
        std::string_view bytes(piece.data(), got.bytes);
        std::string_view size = length ? std::string_view() : format_chunk_size(got.bytes, digits);
        now = co_await send(size, bytes, patience, progress);
        if (now == outcome::done && !length)
            now = co_await send(chunk_end, std::string_view(), patience, progress);
    }
    if (now == outcome::done && !length)
        now = co_await send(last_chunk, std::string_view(), patience, progress);
    co_return now;
}

net::task<outcome> client_connection::read_head(answer_head& head, net::limited_wait& patience,
                                                std::optional<moment>& first_byte)
{
    // A kept connection was emptied by the read before. Only the first time: later a short read may have
    // swallowed the edge of the peer's end.
    bool try_to_read = stream_->may_have_input();
    for (;;) {
        auto parsed = head.parse(in_.view());
        if (parsed == head_parser::status::failed)
            co_return outcome::malformed;
        if (parsed == head_parser::status::done) {
            in_.consume(head.size());
            co_return outcome::done;
        }
        net::io_result got;
        if (std::exchange(try_to_read, true))
            got = stream_->read_some(in_.space());
        else
            got.error = boost::system::errc::make_error_code(boost::system::errc::operation_would_block);
        if (got.would_block()) {
            auto waited = co_await wait(true, patience);
            if (waited != outcome::done)
                co_return waited;
            continue;
        }
        error_ = got.error;
        if (got.bytes == 0)
            co_return outcome::closed;
        in_.filled(got.bytes);
        if (!first_byte)
            first_byte = std::chrono::steady_clock::now();
    }
}

/// What of `raw` belongs to the body, moved to its front.
std::size_t client_connection::unpack(answer_body& body, std::span<char> raw, bool& broken,
                                      std::size_t& leftover)
{
    std::size_t kept = 0;
    std::string_view rest(raw.data(), raw.size());
    for (;;) {
        auto step = body.take(rest);
        if (!step.data.empty() && step.data.data() != raw.data() + kept)
            std::memmove(raw.data() + kept, step.data.data(), step.data.size());
        kept += step.data.size();
        rest.remove_prefix(step.consumed);
        if (step.now != answer_body::state::data) {
            broken = step.now == answer_body::state::error;
            leftover = rest.size();
            return kept;
        }
    }
}

net::task<outcome> client_connection::read_body(answer_body& body, std::span<char> into, std::size_t& bytes,
                                                net::limited_wait& patience, std::chrono::milliseconds idle)
{
    bytes = 0;
    patience.limit(idle);
    bool broken = body.take({}).now == answer_body::state::error; // found behind what was given last
    while (bytes == 0 && !broken && !body.complete()) {
        std::size_t leftover = 0;
        if (!in_.empty()) {
            std::size_t held = std::min(in_.view().size(), into.size());
            std::memcpy(into.data(), in_.view().data(), held);
            bytes = unpack(body, into.first(held), broken, leftover);
            in_.consume(held - leftover);
            bytes_received += held - leftover;
            continue;
        }
        // Not a byte more than is known to be the body's: what follows is no business of this read.
        std::uint64_t plain = body.plain_bytes();
        auto room = into.first(
            plain == 0 ? into.size() : static_cast<std::size_t>(std::min<std::uint64_t>(plain, into.size())));
        auto got = stream_->read_some(room);
        if (got.would_block()) {
            auto waited = co_await wait(true, patience);
            if (waited != outcome::done)
                co_return waited;
            continue;
        }
        error_ = got.error;
        // Under TLS an end that the server did not announce may be somebody else's doing (RFC 9112 9.8).
        bool cut = got.bytes == 0 && (!body.end_of_stream() || !stream_->ended_cleanly());
        if (got.error || cut)
            co_return outcome::closed;
        bytes_received += got.bytes;
        bytes = unpack(body, room.first(got.bytes), broken, leftover);
        if (leftover > 0) { // behind the last chunk: kept, so that it is known
            auto extra = in_.space(leftover);
            std::memcpy(extra.data(), room.data() + got.bytes - leftover, leftover);
            in_.filled(leftover);
        }
    }
    co_return bytes == 0 && broken ? outcome::malformed : outcome::done;
}

bool client_connection::usable()
{
    if (!in_.empty())
        return false;
    char byte;
    auto got = stream_->peek_some({&byte, 1});
    return got.would_block();
}

} // namespace pier::http
