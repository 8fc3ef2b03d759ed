#include "pier/http/client_exchange.hpp"

#include "pier/base/units.hpp"
#include "pier/http/client.hpp"
#include "pier/http/client_opening.hpp"
#include "pier/http/request_head.hpp"

#include <algorithm>
#include <vector>

namespace pier::http {

namespace {

using outcome = client_connection::outcome;

/// An answer that came before the request was sent is there already, or nearly.
constexpr std::chrono::milliseconds answer_instead{250};

/// RFC 9110 9.2.2.
bool is_idempotent(method m)
{
    return m != method::post && m != method::patch && m != method::connect && m != method::unknown;
}

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

/// The first of what came, as far as a line of text can show it.
std::string shown(std::string_view text)
{
    std::string out;
    for (char c : text.substr(0, text.find_first_of("\r\n")).substr(0, 60))
        out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f ? '?' : c;
    return out;
}

} // namespace

struct client_exchange::state : client_steps {
    explicit state(http::client& c)
        : client_steps(c.pool().clock()), owner(c), pool(c.pool()), config(c.config()), head(c.config().head)
    {
    }
    ~state() { let_go(); }

    net::task<bool> acquire(bool fresh);
    net::task<bool> attempt(const client_request& what);
    net::task<outcome> send(const client_request& what);
    net::task<bool> read_head(const client_request& what);
    bool prepare(const client_request& what);
    bool may_repeat(const client_request& what) const;
    bool fail_send(outcome how);
    bool fail_head(outcome how);
    bool fail_body(outcome how);
    bool failed(failure kind, std::string sentence)
    {
        fail(kind, std::move(sentence));
        return false;
    }
    void let_go();
    void complete();

    http::client& owner;
    client_pool& pool;
    const client_config& config;
    client_route route;
    std::unique_ptr<pooled_connection> connection;
    std::string sent_head;
    http::method method = method::get;
    answer_head head;
    answer_framing framing;
    answer_body body;
    bool reused = false, close = false, whole = false;
    std::optional<client_connection::moment> first_byte;
    std::string peer;
    std::uint64_t received_before = 0, received = 0;
    std::chrono::milliseconds head_deadline{0};
};

/// Closes the connection unless the answer was read to its end.
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

net::task<outcome> client_exchange::state::send(const client_request& what)
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
    // Who refuses a request may answer and close before all of it was sent: the answer is what counts.
    if (sent == outcome::cancelled || sent == outcome::malformed)
        co_return fail_send(sent);
    if (sent == outcome::done) {
        patience.limit(head_deadline);
        co_return co_await read_head(what);
    }
    fail_send(sent);
    client_error why = error;
    close = true;
    patience.resume();
    connection->io().stream().resume();
    connection->io().stream().expect_input();
    patience.limit(answer_instead);
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
    return reused && died && !first_byte && !what.source && is_idempotent(method);
}

bool client_exchange::state::fail_send(outcome how)
{
    switch (how) {
    case outcome::timed_out:
        return failed(failure::send_timeout, "the server has not taken more of the request for " +
                                                 format_duration(config.deadlines.write));
    case outcome::malformed: return failed(failure::bad_request, "the request's body could not be read");
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
    else
        sentence += "in the middle of the body (" + connection->io().error().message() + ")";
    return failed(failure::truncated, std::move(sentence));
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
        if (ready)
            co_return true;
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
    if (now != outcome::done) {
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
