// A stream's calls when there is TLS over it: what the engine decrypts and encrypts is received and sent
// here.
#include "pier/net/stream_calls.hpp"
#include "pier/net/tls_engine.hpp"

#include <algorithm>

namespace pier::net {

namespace {

/// Records without data are no reason to receive for ever: a peer who sends only such is no longer heard.
constexpr int receives_per_read = 64;
/// Room beside the plaintext that is wanted, so that a receive may come back short.
constexpr std::size_t record_overhead = 512;

io_result failure(int error)
{
    return {0, error_code(error, boost::system::system_category())};
}

std::size_t total_of(std::span<const iovec> pieces)
{
    std::size_t total = 0;
    for (const iovec& piece : pieces)
        total += piece.iov_len;
    return total;
}

} // namespace

void tls_engine_deleter::operator()(tls_engine* engine) const noexcept
{
    delete engine;
}

void stream::start_tls(ssl_ptr ssl)
{
    tls_.reset(new tls_engine(std::move(ssl)));
}

bool stream::ended_cleanly() const
{
    return !tls_ || tls_->ended_cleanly();
}

/// What no edge will tell of: bytes that the engine has, the end of the stream.
bool stream::tls_has_input() const
{
    return tls_->has_input() || tls_->has_ended() || tls_->failure();
}

/// Brings what the socket has, at most about `wanted` bytes of plaintext, to the engine. Sets may_have_input_
/// to whether the socket may have more.
io_result stream::receive_tls(std::size_t wanted)
{
    std::span<char> room = tls_engine::receive_space(wanted);
    auto got = attempt([&] { return receive(fd_.get(), room); });
    may_have_input_ = got.bytes == room.size();
    if (got.bytes > 0)
        tls_->feed({room.data(), got.bytes});
    else if (!got.would_block())
        tls_->end_input(got.error.value());
    return got;
}

/// Sends what there is to send. would_block: not all of it.
io_result stream::flush_tls(bool more_follows)
{
    for (;;) {
        std::string_view output = tls_->output();
        if (output.empty())
            return {};
        iovec all{const_cast<char*>(output.data()), output.size()};
        int flags = MSG_NOSIGNAL | (more_follows ? MSG_MORE : 0);
        auto put = attempt([&] { return transmit(fd_.get(), all, flags); });
        tls_->sent(put.bytes);
        if (put.error)
            return {0, put.error};
    }
}

tls_step stream::handshake()
{
    if (tls_->established())
        return flush_tls().would_block() ? tls_step::wants_write : tls_step::done;
    for (;;) {
        tls_step step = tls_->handshake();
        tls_->keep();
        if (step == tls_step::done && tls_->output_can_wait()) {
            tls_->sent(0);
            return step;
        }
        auto flushed = flush_tls();
        if (step == tls_step::failed)
            return step;
        if (flushed.would_block())
            return tls_step::wants_write;
        if (flushed.failed()) {
            tls_->end_input(flushed.error.value());
            return tls_step::failed;
        }
        if (step == tls_step::done)
            return step;
        if (receive_tls(0).would_block())
            return tls_step::wants_read;
    }
}

/// What the engine has for the peer (answers to key updates) leaves with the next write, or before anybody
/// waits.
io_result stream::read_tls(std::span<char> into)
{
    using status = tls_input::status;
    bool at_hand = tls_has_input();
    for (int received = 0; received < receives_per_read && !into.empty(); ++received) {
        if (!at_hand && receive_tls(into.size() + record_overhead).would_block())
            break;
        auto read = tls_->read(into);
        tls_->keep();
        tls_->sent(0);
        if (read.now != status::wants_input)
            return outcome_of_read(read);
        if (!at_hand && !may_have_input_)
            break; // the socket came back short: no further call is needed to know
        at_hand = false;
    }
    flush_tls();
    may_have_input_ = false;
    return failure(EWOULDBLOCK);
}

io_result stream::outcome_of_read(const tls_input& read)
{
    using status = tls_input::status;
    if (read.now == status::data)
        return {read.bytes, {}};
    if (read.now == status::ended)
        return {};
    flush_tls(); // the alert that says why
    const tls_failure& why = tls_->failure();
    return failure(why.what == tls_failure::kind::io ? static_cast<int>(why.error) : EPROTO);
}

io_result stream::peek_tls(std::span<char> into)
{
    bool at_hand = tls_has_input();
    if (!at_hand && receive_tls(0).would_block())
        return failure(EWOULDBLOCK);
    auto seen = tls_->peek(into);
    tls_->keep();
    tls_->sent(0);
    return seen.now == tls_input::status::wants_input ? failure(EWOULDBLOCK) : outcome_of_read(seen);
}

/// Plaintext counts when the kernel has all of its ciphertext.
io_result stream::outcome_of_write(std::size_t most, bool more_follows)
{
    auto flushed = flush_tls(more_follows);
    std::size_t written = tls_->take_written(most);
    if (written > 0)
        return {written, {}};
    return flushed;
}

io_result stream::write_tls(std::span<const iovec> pieces, bool more_follows)
{
    std::size_t most = total_of(pieces);
    if (tls_->owes() > 0 || tls_->has_written()) {
        auto before = outcome_of_write(most, more_follows);
        if (before.bytes > 0 || before.error)
            return before;
    }
    if (!tls_->write(pieces)) {
        flush_tls();
        return failure(EPROTO);
    }
    return outcome_of_write(most, more_follows || most > tls_engine::batch);
}

io_result stream::send_file_tls(int file, std::uint64_t offset, std::size_t count)
{
    if (tls_->owes() > 0 || tls_->has_written()) {
        auto before = outcome_of_write(count, false);
        if (before.bytes > 0 || before.error)
            return before;
    }
    std::span<char> room = tls_engine::plain_space();
    room = room.first(std::min(count, room.size()));
    auto got = attempt([&] { return ::pread(file, room.data(), room.size(), static_cast<off_t>(offset)); });
    if (got.bytes == 0)
        return got;
    iovec piece{room.data(), got.bytes};
    return write_tls({&piece, 1}, got.bytes < count);
}

} // namespace pier::net
