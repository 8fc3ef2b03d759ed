#include "pier/http/client_exchange.hpp"

#include "pier/http/client_exchange_state.hpp"

#include <algorithm>
#include <vector>

namespace pier::http {

void client_exchange::state::let_go()
{
    patience.disarm();
    if (connection) {
        received = connection->io().bytes_received - received_before;
        bool keep = whole && framing.keep_alive && !close;
        auto used = std::move(connection);
        if (keep)
            pool.give_back(std::move(used));
    }
    if (pool.draining())
        pool.clock().rest();
}

void client_exchange::state::complete()
{
    whole = true;
    mark(times.total);
    let_go();
}

client_exchange::client_exchange(http::client& by) : state_(std::make_unique<state>(by)) {}

client_exchange::~client_exchange() = default;

net::task<bool> client_exchange::begin(const client_request& what)
{
    state& s = *state_;
    s.pool.counters().requests.add();
    bool ready = s.prepare(what);
    for (bool fresh = what.fresh; ready; fresh = true) {
        ready = co_await s.acquire(fresh);
        if (!ready)
            break;
        ready = co_await s.attempt(what);
        if (ready) {
            s.patience.disarm(); // until read(), which may come when it likes
            co_return true;
        }
        s.let_go();
        ready = s.may_repeat(what);
        if (!ready)
            break;
        s.error = {};
        s.pool.counters().repeated.add();
    }
    s.pool.counters().failures.add();
    s.mark(s.times.total);
    s.let_go();
    co_return false;
}

net::task<body_read> client_exchange::read(std::span<char> into)
{
    state& s = *state_;
    if (s.whole || s.error || !s.connection || into.empty())
        co_return body_read{0, bool(s.error)};
    std::size_t bytes = 0;
    auto now =
        co_await s.connection->io().read_body(s.body, into, bytes, s.patience, s.config.deadlines.idle);
    s.pool.counters().bytes_received.add(bytes);
    s.patience.disarm();
    if (now != client_connection::outcome::done) {
        s.fail_body(now);
        s.pool.counters().failures.add();
        s.mark(s.times.total);
        s.let_go();
        co_return body_read{0, true};
    }
    if (s.body.complete())
        s.complete();
    co_return body_read{bytes, false};
}

net::task<bool> client_exchange::skip_body(std::uint64_t most)
{
    std::vector<char> waste(static_cast<std::size_t>(std::min<std::uint64_t>(most, 16 * 1024)));
    while (!complete() && most > 0) {
        auto room =
            std::span(waste).first(static_cast<std::size_t>(std::min<std::uint64_t>(most, waste.size())));
        body_read got = co_await read(room);
        if (got.failed)
            co_return false;
        most -= got.bytes;
    }
    co_return complete();
}

const client_error& client_exchange::error() const
{
    return state_->error;
}

const answer_head& client_exchange::head() const
{
    return state_->head;
}

std::optional<std::uint64_t> client_exchange::content_length() const
{
    switch (state_->framing.kind) {
    case answer_framing::body::none:
    case answer_framing::body::length: return state_->framing.length;
    default: return std::nullopt;
    }
}

bool client_exchange::complete() const
{
    return state_->whole;
}

void client_exchange::cancel()
{
    state_->patience.cancel();
}

client_timings client_exchange::timings() const
{
    client_timings now = state_->times;
    if (now.total.count() == 0)
        now.total = std::chrono::steady_clock::now() - state_->began;
    return now;
}

std::uint64_t client_exchange::bytes_received() const
{
    const state& s = *state_;
    return s.connection ? s.connection->io().bytes_received - s.received_before : s.received;
}

bool client_exchange::reused() const
{
    return state_->reused;
}

std::string client_exchange::peer() const
{
    return state_->peer;
}

const std::string& client_exchange::sent_head() const
{
    return state_->sent_head;
}

std::unique_ptr<net::stream> client_exchange::take_stream(std::string& already)
{
    state& s = *state_;
    if (!s.connection || s.framing.kind != answer_framing::body::tunnel)
        return nullptr;
    s.patience.disarm();
    already = s.connection->io().unread();
    auto stream = s.connection->io().take_stream();
    s.connection.reset();
    return stream;
}

} // namespace pier::http
