#include "pier/get/load_connection.hpp"

#include "pier/get/load_worker.hpp"

#include <boost/asio/post.hpp>

namespace pier::get {

namespace {

/// So often in a row one connection reads before others have their turn.
constexpr int reads_in_a_row = 32;

} // namespace

net::task<> load_connection::prepare()
{
    driven_ = true;
    now_ = steady_now();
    co_await open();
    if (failure_ != http::failure::none) {
        home_.could_not_prepare(failure_, sentence_);
        hang_up(); // the first turn will try again
    }
    driven_ = false;
}

net::task<> load_connection::drive()
{
    driven_ = true;
    now_ = steady_now();
    for (;;) {
        step next = next_step();
        if (next == step::watch) {
            co_await watch();
            continue;
        }
        if (next != step::ask)
            break;
        bool repeat = home_.target_.repeatable;
        for (bool again = true; again; repeat = false) {
            bool kept = stream_ && used_;
            failure_ = http::failure::none;
            if (!stream_)
                co_await open();
            if (failure_ == http::failure::none)
                co_await exchange();
            // RFC 9112 9.3.1: a kept connection may be closed just when it is used.
            again = repeat && kept && failure_ != http::failure::none && !reader_.started() && !expired_ &&
                    !stopped_;
            if (again) {
                ++home_.tally_.died;
                ++home_.tally_.repeated;
                hang_up();
            }
        }
        conclude();
    }
    driven_ = false;
}

/// What comes next, and all that needs no waiting for it.
load_connection::step load_connection::next_step()
{
    if (stopped_)
        return home_.leave(*this), step::leave;
    if (tired_) {
        tired_ = false;
        limit(load_config::rest, http::failure::none);
        return step::rest;
    }
    if (!turn_)
        turn_ = home_.take_turn(now_);
    if (turn_)
        return home_.begin_turn(*turn_), url_ = home_.next_url(), step::ask;
    if (home_.finished(now_)) {
        hang_up();
        return home_.leave(*this), step::leave;
    }
    home_.park(*this);
    return stream_ ? step::watch : step::rest;
}

/// Until there is a turn, or the server has closed the connection.
net::task<> load_connection::watch()
{
    auto [error] = co_await stream_->readable();
    (void)error;
    stream_->resume();
    now_ = steady_now();
    if (turn_ || stopped_ || !idle())
        co_return;
    auto got = stream_->read_some(home_.buffer_);
    if (got.would_block())
        co_return;
    ++home_.tally_.died;
    hang_up();
}

/// Sends the request and reads the answer, or says by `failure_` why there is none.
net::task<> load_connection::exchange()
{
    reader_.begin(home_.target_.asked, home_.known_[url_]);
    std::string_view rest = home_.target_.requests[url_];
    limit(home_.target_.head_timeout, http::failure::send_timeout);
    sent_ = home_.turns_->open_loop() ? steady_now() : now_;
    while (!rest.empty()) {
        iovec piece{const_cast<char*>(rest.data()), rest.size()};
        auto sent = stream_->write_some({&piece, 1});
        if (sent.failed())
            co_return fail(http::failure::send,
                           "the connection broke while the request was sent: " + sent.error.message());
        rest.remove_prefix(sent.bytes);
        if (sent.would_block()) {
            auto [error] = co_await stream_->writable();
            (void)error;
        }
        if (ended())
            co_return;
    }
    limited_ = http::failure::head_timeout;
    for (int reads = 0;;) {
        if (!stream_->may_have_input()) {
            auto [error] = co_await stream_->readable();
            (void)error;
            reads = 0;
            if (ended())
                co_return;
        }
        auto got = stream_->read_some(home_.buffer_);
        if (got.would_block())
            continue;
        if (got.bytes == 0 || got.error)
            co_return end_of_stream(got);
        if (take({home_.buffer_.data(), got.bytes}))
            co_return;
        // A short read may have come with the peer's FIN, which then makes no edge of its own.
        stream_->expect_input();
        if (++reads == reads_in_a_row) {
            co_await boost::asio::post(home_.context_, boost::asio::deferred);
            reads = 0;
        }
    }
}

/// True when the answer is complete, or broken.
bool load_connection::take(std::string_view bytes)
{
    switch (reader_.take(bytes)) {
    case answer_reader::state::done: return true;
    case answer_reader::state::need_more:
        if (reader_.in_body())
            limit(home_.target_.idle_timeout, http::failure::body_timeout);
        return false;
    case answer_reader::state::failed: break;
    }
    fail(reader_.too_large() ? http::failure::too_large : http::failure::malformed,
         std::string("the answer is broken: ") + reader_.wrong());
    return true;
}

void load_connection::end_of_stream(const net::io_result& got)
{
    bool orderly = !got.error && (!home_.target_.tls || !reader_.until_close() || stream_->ended_cleanly());
    if (orderly && reader_.end_of_stream() == answer_reader::state::done)
        return;
    std::string sentence = std::string("the server ") + (orderly ? "closed" : "reset") + " the connection ";
    if (reader_.in_body())
        fail(http::failure::truncated, sentence + "before the end of its answer");
    else
        fail(http::failure::closed_early,
             sentence + (reader_.started() ? "in the head of its answer" : "without an answer"));
}

void load_connection::conclude()
{
    now_ = steady_now();
    disarm();
    const turn of = *turn_;
    turn_.reset();
    if (failure_ != http::failure::none) {
        tired_ = connecting_ && !home_.turns_->open_loop(); // else nobody would wait for anybody
        hang_up();
        if (!stopped_)
            home_.failed(of, failure_, sentence_);
        given_ = false;
        return;
    }
    home_.answered(of, {sent_, now_, given_}, reader_);
    given_ = false;
    used_ = true;
    if (!reader_.keep_alive() || !home_.target_.keep_alive) {
        home_.tally_.closed += home_.target_.keep_alive ? 1 : 0;
        hang_up();
    }
}

void load_connection::limit(std::chrono::milliseconds patience, http::failure kind)
{
    limited_ = kind;
    home_.deadlines_.arm(*this, patience);
}

void load_connection::expired()
{
    if (!driven_)
        return home_.drive(*this); // it has rested
    expired_ = true;
    if (stream_)
        stream_->cancel();
}

/// After a wait: whether it came to nothing. Then `failure_` says why.
bool load_connection::ended()
{
    if (!expired_ && !stopped_)
        return false;
    if (stopped_)
        failure_ = http::failure::cancelled;
    else
        fail(limited_, limited_ == http::failure::connect_timeout ? "connecting took too long"
                       : limited_ == http::failure::tls_timeout   ? "TLS was not ready in time"
                       : limited_ == http::failure::send_timeout  ? "the server did not take the request"
                       : limited_ == http::failure::body_timeout  ? "the answer stopped coming before its end"
                                                                  : "no answer came in time");
    return true;
}

bool load_connection::wake()
{
    list_hook<idle_tag>::unlink();
    if (driven_)
        stream_->cancel();
    return driven_;
}

void load_connection::stop()
{
    stopped_ = true;
    disarm();
    list_hook<idle_tag>::unlink();
    if (driven_ && stream_)
        stream_->cancel();
}

void load_connection::fail(http::failure kind, std::string sentence)
{
    failure_ = kind;
    sentence_ = std::move(sentence);
}

void load_connection::hang_up()
{
    disarm();
    stream_.reset();
    home_.tally_.not_opened += connecting_ && !stopped_ ? 1 : 0;
    expired_ = used_ = connecting_ = false;
}

} // namespace pier::get
