// One try of a request: a connection for it, its way there, the head of its answer.
#include "pier/base/units.hpp"
#include "pier/http/client_exchange_state.hpp"
#include "pier/http/request_head.hpp"
#include "pier/http/retry.hpp"

namespace pier::http {

namespace {

/// An answer that came before the request was sent is there already, or nearly.
constexpr std::chrono::milliseconds answer_instead{250};

request_framing framing_of(const client_request& what)
{
    using body = request_framing::body;
    if (what.source)
        return what.source_length ? request_framing{body::length, *what.source_length}
                                  : request_framing{body::chunked};
    if (what.body)
        return {body::length, what.body->size()};
    bool expected = what.method == "POST" || what.method == "PUT" || what.method == "PATCH";
    return {expected ? body::length : body::none, 0};
}

} // namespace

bool client_exchange::state::prepare(const client_request& what)
{
    route = client_route::of(what.url, what.proxy, what.tls ? what.tls : config.tls);
    method = identify_method(what.method);
    close = what.close;
    head_deadline = what.head_deadline.count() > 0 ? what.head_deadline : config.deadlines.head;
    if (route.secure && !route.tls)
        return failed(failure::bad_request, "https is not set up here");
    fields headers = what.headers;
    if (std::string user = route.to_proxy() ? route.proxy->credentials() : ""; !user.empty())
        headers.add("Proxy-Authorization", basic_credentials(user));
    target_choice form = method == method::connect ? target_choice::authority
                         : route.to_proxy()        ? target_choice::absolute
                                                   : target_choice::origin;
    sent_head.clear();
    std::string wrong =
        append_request_head(sent_head, what.method, what.url, form, headers, framing_of(what), close);
    return wrong.empty() || failed(failure::bad_request, std::move(wrong));
}

net::task<bool> client_exchange::state::acquire(bool fresh)
{
    std::string key = route.key();
    client_pool::found found;
    patience.limit(config.deadlines.wait);
    auto got = co_await pool.acquire(key, fresh, patience, found);
    mark(times.acquired);
    times.resolved = times.connected = times.secured = times.acquired;
    switch (got) {
    case client_pool::outcome::connection:
        connection = std::move(found.kept);
        pool.counters().connections_reused.add();
        break;
    case client_pool::outcome::place:
        connection = co_await open_connection(pool, route, *found.place, *this);
        break;
    case client_pool::outcome::crowded:
        fail(failure::crowded, "too many requests wait for a connection already");
        break;
    case client_pool::outcome::timed_out:
        fail(failure::crowded, "no connection became free within " + format_duration(config.deadlines.wait));
        break;
    case client_pool::outcome::cancelled: error = {failure::cancelled, "cancelled"}; break;
    }
    if (!connection)
        co_return false;
    reused = got == client_pool::outcome::connection;
    ++connection->requests;
    peer = connection->peer;
    received_before = connection->io().bytes_received;
    co_return true;
}

net::task<client_connection::outcome> client_exchange::state::send(const client_request& what)
{
    client_connection& io = connection->io();
    if (what.source)
        return io.send(sent_head, *what.source, what.source_length, patience, config.deadlines.write);
    std::string_view bytes = what.body ? std::string_view(*what.body) : std::string_view();
    return io.send(sent_head, bytes, patience, config.deadlines.write);
}

net::task<bool> client_exchange::state::attempt(const client_request& what)
{
    first_byte.reset();
    head.reset();
    auto sent = co_await send(what);
    mark(times.sent);
    if (sent == outcome::cancelled || sent == outcome::malformed)
        co_return fail_send(sent);
    if (sent == outcome::done) {
        patience.limit(head_deadline);
        co_return co_await read_head(what);
    }
    // Who refuses a request may answer, and close, before all of it was sent: the answer is what counts.
    close = true;
    fail_send(sent);
    client_error why = error;
    patience.limit(sent == outcome::answered ? head_deadline : answer_instead);
    connection->io().stream().expect_input();
    bool answered = co_await read_head(what);
    error = answered ? client_error() : why;
    co_return answered;
}

/// The final one: those of 1xx before it say nothing that concerns us (RFC 9110 15.2).
net::task<bool> client_exchange::state::read_head(const client_request& what)
{
    client_connection& io = connection->io();
    for (std::size_t interim = 0;; ++interim) {
        auto got = co_await io.read_head(head, patience, first_byte);
        if (got != outcome::done)
            co_return fail_head(got);
        framing = answer_framing::of(head.parser(), head.text(), method);
        bool final = head.status() >= 200 || (head.status() == 101 && has_field(what.headers, "Upgrade"));
        if (final)
            break;
        if (head.status() == 101)
            co_return failed(failure::malformed,
                             "the server changes to another protocol, which nobody asked for");
        if (interim == config.interim_answers)
            co_return failed(failure::malformed, "the server keeps sending interim answers (1xx)");
        head.reset();
    }
    if (framing.wrong)
        co_return failed(failure::malformed, std::string("the answer ") + framing.wrong);
    mark(times.head);
    times.first_byte = first_byte ? *first_byte - began : times.head;
    body = answer_body(framing, config.chunked);
    if (body.complete() && framing.kind != answer_framing::body::tunnel)
        complete();
    co_return true;
}

/// A server closes kept connections when it likes, perhaps while our request is on its way (RFC 9112 9.3.1).
bool client_exchange::state::may_repeat(const client_request& what) const
{
    bool died = error.kind == failure::send || error.kind == failure::closed_early;
    return reused && died && !first_byte && !what.source && is_idempotent(what.method);
}

} // namespace pier::http
