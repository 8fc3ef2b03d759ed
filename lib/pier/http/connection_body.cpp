// How a request's body gets in: framed by length or by chunks, read by the handler or thrown away, never
// taken for the next request.
#include "pier/http/connection.hpp"

#include <algorithm>
#include <cstring>

namespace pier::http {

net::task<body_read> connection::read(std::span<char> into)
{
    if (into.empty())
        co_return body_read{};
    if (continue_due_ && !body_complete_) {
        continue_due_ = false;
        x_->out.text().append("HTTP/1.1 100 Continue\r\n\r\n");
        co_await send();
    }
    while (open_) {
        body_read taken = take_body(into);
        if (taken.bytes > 0 || taken.failed || body_complete_)
            co_return taken;
        if (receive_body())
            continue;
        bool waited = false;
        if (open_)
            waited = co_await await_body();
        open_ = waited;
    }
    co_return body_read{0, true};
}

/// Whoever sends a body byte by byte does not renew the deadline by each: only `body_progress` does.
net::task<bool> connection::await_body()
{
    net::ticks began = session_.shard().now();
    if (x_->body_waited >= server_.body.duration().count()) {
        server_.counters.deadlines_expired.add();
        session_.end(net::session::ending::deadline);
    }
    if (!discarding_)
        session_.expire_by(server_.body);
    auto [error] = co_await session_.stream().readable();
    if (!discarding_)
        session_.disarm();
    x_->body_waited += session_.shard().now() - began;
    co_return !error;
}

/// What has arrived of the body, without its framing.
body_read connection::take_body(std::span<char> into)
{
    std::string_view in = x_->in.view().substr(x_->body_at);
    if (body_complete_ || in.empty() || into.empty())
        return {};
    if (!x_->chunks) {
        auto n = static_cast<std::size_t>(std::min<std::uint64_t>({x_->body_left, in.size(), into.size()}));
        std::memcpy(into.data(), in.data(), n);
        x_->body_at += n;
        x_->body_left -= n;
        body_complete_ = x_->body_left == 0;
        return {n, false};
    }
    std::size_t copied = 0;
    while (!in.empty() && copied < into.size()) {
        auto step =
            x_->chunks->decode(in.substr(0, into.size() - copied)); // never more data than there is room
        if (!step.data.empty())
            std::memcpy(into.data() + copied, step.data.data(), step.data.size());
        copied += step.data.size();
        in.remove_prefix(step.consumed);
        x_->body_at += step.consumed;
        if (step.now == chunked_decoder::state::error) {
            open_ = false;
            lingers_ = true;
            broken_body_ = true;
            return {0, true};
        }
        if (step.now == chunked_decoder::state::done) {
            body_complete_ = true;
            break;
        }
    }
    return {copied, false};
}

/// Reads from the socket into the room behind the head. False when there is nothing yet, or never will be.
bool connection::receive_body()
{
    std::size_t used = x_->in.view().size() - x_->parser.size();
    if (x_->body_at == x_->parser.size() + used) { // all taken: the same room again
        x_->in.drop_back(used);
        x_->body_at = x_->parser.size();
    }
    auto got = session_.stream().read_some(x_->in.space());
    if (got.would_block())
        return false;
    if (got.failed() || got.bytes == 0) { // an incomplete body: RFC 9112 section 8
        open_ = false;
        return false;
    }
    x_->in.filled(got.bytes);
    x_->read_at = server_.clock.now();
    count_received(got.bytes);
    x_->body_fresh += got.bytes;
    if (x_->body_fresh >= body_progress) {
        x_->body_fresh = 0;
        x_->body_waited = 0;
    }
    return true;
}

/// What the handler did not read must go before the next request can be seen; beyond a limit the connection
/// goes.
net::task<> connection::discard_body()
{
    std::vector<char> waste(4096);
    std::uint64_t thrown_away = 0;
    discarding_ = true;
    session_.expire_by(server_.header); // for all of it: what is worth nothing is not worth waiting for
    while (open_ && !body_complete_) {
        if (thrown_away > server_.config.discard_limit) {
            open_ = false;
            lingers_ = true;
            break;
        }
        body_read got = co_await read(waste);
        thrown_away += got.bytes;
    }
    session_.disarm();
    discarding_ = false;
}

/// More than is worth reading, or not even on its way: such a body ends the connection after the answer.
bool connection::body_too_long() const
{
    return continue_due_ || (!x_->chunks && x_->body_left > server_.config.discard_limit);
}

net::task<connection::input> connection::skip_body()
{
    if (unsent())
        co_await send(); // earlier answers do not wait for it
    if (body_too_long())
        co_return input::request;
    co_await discard_body();
    if (broken_body_) {
        open_ = true;
        co_return refuse(400);
    }
    if (body_complete_)
        co_return input::request;
    if (session_.why_ended() == net::session::ending::deadline) {
        session_.resume();
        open_ = true;
        co_return refuse(408);
    }
    bool over_limit = lingers_;
    open_ = over_limit; // it was longer than the limit, or it will never be complete
    x_->response.close = true;
    co_return over_limit ? input::request : input::ended;
}

} // namespace pier::http
